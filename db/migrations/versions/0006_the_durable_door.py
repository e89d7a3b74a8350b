"""What channels that push need to be kept: inbox, outbox, buttons, chats."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "channel_states",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "name", name=op.f("pk_channel_states")),
    )
    op.create_table(
        "chats",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column(
            "heard_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the person last did anything",
        ),
        sa.Column(
            "spoken_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when we last sent anything",
        ),
        sa.Column(
            "gone_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="since when nobody can be reached",
        ),
        sa.Column("gone_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat", name=op.f("pk_chats")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column(
            "key", sa.String(length=160), nullable=False, comment="the same update has the same"
        ),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=True, comment="in the platform's own order"),
        sa.Column("body", sa.Text(), nullable=False, comment="raw; empty once it is done"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("channel", "key", name=op.f("uq_inbox_channel_key")),
    )
    op.create_index("ix_inbox_channel_place", "inbox", ["channel", "place"], unique=False)
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"], unique=False)
    op.create_index(
        "ix_inbox_state_channel_chat", "inbox", ["state", "channel", "chat", "id"], unique=False
    )

    op.create_table(
        "keyboards",
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("actions", sa.Text(), nullable=False, comment="JSON list"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_keyboards")),
    )
    op.create_index("ix_keyboards_made_at", "keyboards", ["made_at"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("in_group", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False, comment="JSON; empty once it is settled"),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "message", sa.String(length=128), nullable=False, comment="the platform's id of it"
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_channel_chat_state", "outbox", ["channel", "chat", "state", "id"], unique=False
    )
    op.create_index(
        "ix_outbox_channel_state_lane", "outbox", ["channel", "state", "lane", "id"], unique=False
    )
    op.create_index("ix_outbox_settled_at", "outbox", ["settled_at"], unique=False)


def downgrade() -> None:
    for table in ("outbox", "keyboards", "inbox", "chats", "channel_states"):
        op.drop_table(table)
