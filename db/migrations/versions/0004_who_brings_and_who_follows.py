"""What sources, systems that push, pairing codes and subscriptions need to be kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False, comment="keyed hash"),
        sa.Column("scopes", sa.Text(), nullable=False, comment="JSON list"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_table(
        "sources",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False, comment="JSON; where to read on"),
        sa.Column(
            "read_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="what is told is true up to here",
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False, comment="why the last look failed"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sources")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("token_id", _id(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["api_tokens.id"],
            name=op.f("fk_idempotency_keys_token_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_at", "idempotency_keys", ["at"], unique=False)
    op.create_table(
        "pairing_codes",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("dossier_id", _id(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False, comment="keyed hash"),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f("fk_pairing_codes_dossier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_pairing_codes_code_hash")),
    )
    op.create_index("ix_pairing_codes_dossier_id", "pairing_codes", ["dossier_id"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("dossier_id", _id(), nullable=False),
        sa.Column(
            "proof", sa.String(length=20), nullable=False, comment="how the right to know was shown"
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f("fk_subscriptions_dossier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint(
            "channel", "chat", "dossier_id", name=op.f("uq_subscriptions_channel_chat_dossier_id")
        ),
    )
    op.create_index("ix_subscriptions_dossier_id", "subscriptions", ["dossier_id"], unique=False)
    op.add_column(
        "status_changes",
        sa.Column(
            "event_key",
            sa.String(length=80),
            nullable=True,
            comment="of the source; the same comes once",
        ),
    )
    op.drop_index("ix_status_changes_dossier_id", table_name="status_changes")
    op.create_index(
        "ix_status_changes_dossier_id_event_key",
        "status_changes",
        ["dossier_id", "event_key"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_index("ix_status_changes_dossier_id_event_key", table_name="status_changes")
    op.create_index("ix_status_changes_dossier_id", "status_changes", ["dossier_id"], unique=False)
    op.drop_column("status_changes", "event_key")
    op.drop_table("subscriptions")
    op.drop_table("pairing_codes")
    op.drop_table("idempotency_keys")
    op.drop_table("sources")
    op.drop_table("api_tokens")
