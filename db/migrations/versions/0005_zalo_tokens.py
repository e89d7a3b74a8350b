"""The pair of tokens of a channel whose refresh token is spent by being used."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "channel_tokens",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="counts the pairs; a claim names it"
        ),
        sa.Column("access", sa.Text(), nullable=False, comment="encrypted"),
        sa.Column("access_until", moment, nullable=False),
        sa.Column("refresh", sa.Text(), nullable=False, comment="encrypted; spent by being used"),
        sa.Column("refresh_until", moment, nullable=False),
        sa.Column("got_at", moment, nullable=False),
        sa.Column("worked_at", moment, nullable=True, comment="first accepted by the platform"),
        sa.Column("former_access", sa.Text(), nullable=False, comment="encrypted"),
        sa.Column("former_until", moment, nullable=True),
        sa.Column("former_refresh", sa.Text(), nullable=False, comment="encrypted"),
        sa.Column(
            "asked_at", moment, nullable=True, comment="a new pair was asked for, no answer yet"
        ),
        sa.Column("leased_by", sa.String(length=40), nullable=False),
        sa.Column("leased_until", moment, nullable=True),
        sa.Column("trouble", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=False, comment="the platform's name for it"),
        sa.Column("trouble_at", moment, nullable=True),
        sa.Column("try_again_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_tokens")),
    )


def downgrade() -> None:
    op.drop_table("channel_tokens")
