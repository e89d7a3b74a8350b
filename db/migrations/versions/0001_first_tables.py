"""The first tables: dossiers, conversations, consents, revisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("wording_version", sa.String(length=20), nullable=False),
        sa.Column("wording_hash", sa.String(length=64), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(
        "ix_consents_channel_chat_purpose", "consents", ["channel", "chat", "purpose"], unique=False
    )
    op.create_table(
        "conversations",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="the dialogue's JSON"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("channel", "chat", name=op.f("uq_conversations_channel_chat")),
    )
    op.create_table(
        "knowledge_items",
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of body"),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="canonical JSON"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_knowledge_items")),
    )
    op.create_table(
        "organisations",
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("former_names", sa.Text(), nullable=False, comment="JSON list"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_organisations")),
    )
    op.create_table(
        "proof_attempts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("chat_hash", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_attempts")),
    )
    op.create_index(
        "ix_proof_attempts_chat_hash_at", "proof_attempts", ["chat_hash", "at"], unique=False
    )
    op.create_index(
        "ix_proof_attempts_code_hash_at", "proof_attempts", ["code_hash", "at"], unique=False
    )
    op.create_table(
        "revisions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="of its list of digests"),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revisions")),
    )
    op.create_table(
        "dossiers",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column(
            "origin",
            sa.String(length=20),
            nullable=False,
            comment="who brought it: import, demo, …",
        ),
        sa.Column("procedure_code", sa.String(length=20), nullable=False),
        sa.Column("procedure_name", sa.Text(), nullable=False),
        sa.Column(
            "revision", sa.Integer(), nullable=True, comment="catalogue revision valid at receipt"
        ),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("filed_by", sa.String(length=10), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_name", sa.Text(), nullable=False, comment="encrypted"),
        sa.Column("owner_phone", sa.Text(), nullable=False, comment="encrypted"),
        sa.Column("owner_phone_hash", sa.String(length=64), nullable=False, comment="keyed hash"),
        sa.Column("owner_number_hash", sa.String(length=64), nullable=False, comment="keyed hash"),
        sa.Column("number_tail_hash", sa.String(length=64), nullable=False, comment="keyed hash"),
        sa.Column(
            "receipt_secret_hash", sa.String(length=64), nullable=False, comment="keyed hash"
        ),
        sa.Column("receiving", sa.String(length=80), nullable=True),
        sa.Column("support", sa.String(length=80), nullable=True),
        sa.Column("competent", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("result_name", sa.Text(), nullable=True),
        sa.Column("result_number", sa.Text(), nullable=False),
        sa.Column("result_issued_on", sa.Date(), nullable=True),
        sa.Column("result_collect_where", sa.Text(), nullable=False),
        sa.Column("result_bring", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competent"], ["organisations.code"], name=op.f("fk_dossiers_competent")
        ),
        sa.ForeignKeyConstraint(
            ["receiving"], ["organisations.code"], name=op.f("fk_dossiers_receiving")
        ),
        sa.ForeignKeyConstraint(
            ["support"], ["organisations.code"], name=op.f("fk_dossiers_support")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("code", name=op.f("uq_dossiers_code")),
    )
    op.create_index("ix_dossiers_origin", "dossiers", ["origin"], unique=False)
    op.create_index("ix_dossiers_owner_phone_hash", "dossiers", ["owner_phone_hash"], unique=False)
    op.create_index("ix_dossiers_status_due_at", "dossiers", ["status", "due_at"], unique=False)
    op.create_table(
        "revision_items",
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["knowledge_items.digest"], name=op.f("fk_revision_items_digest")
        ),
        sa.ForeignKeyConstraint(
            ["revision"], ["revisions.number"], name=op.f("fk_revision_items_revision")
        ),
        sa.PrimaryKeyConstraint("revision", "code", name=op.f("pk_revision_items")),
    )
    op.create_table(
        "turns",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False, comment="JSON"),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("facet", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False, comment="JSON: code, score"),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_turns_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
    )
    op.create_index("ix_turns_at", "turns", ["at"], unique=False)
    op.create_index("ix_turns_conversation_id_id", "turns", ["conversation_id", "id"], unique=False)
    op.create_table(
        "dossier_fees",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "dossier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="đồng"),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("pay_where", sa.Text(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f("fk_dossier_fees_dossier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_fees")),
    )
    op.create_index("ix_dossier_fees_dossier_id", "dossier_fees", ["dossier_id"], unique=False)
    op.create_table(
        "legs",
        sa.Column(
            "dossier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossiers.id"], name=op.f("fk_legs_dossier_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.code"], name=op.f("fk_legs_organisation")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "position", name=op.f("pk_legs")),
    )
    op.create_table(
        "status_changes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "dossier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f("fk_status_changes_dossier_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisations.code"], name=op.f("fk_status_changes_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_changes")),
    )
    op.create_index("ix_status_changes_dossier_id", "status_changes", ["dossier_id"], unique=False)
    op.create_table(
        "supplement_requests",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "dossier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("items", sa.Text(), nullable=False, comment="JSON list of papers"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("respond_by", sa.Date(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f("fk_supplement_requests_dossier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplement_requests")),
    )
    op.create_index(
        "ix_supplement_requests_dossier_id", "supplement_requests", ["dossier_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_supplement_requests_dossier_id", table_name="supplement_requests")
    op.drop_table("supplement_requests")
    op.drop_index("ix_status_changes_dossier_id", table_name="status_changes")
    op.drop_table("status_changes")
    op.drop_table("legs")
    op.drop_index("ix_dossier_fees_dossier_id", table_name="dossier_fees")
    op.drop_table("dossier_fees")
    op.drop_index("ix_turns_conversation_id_id", table_name="turns")
    op.drop_index("ix_turns_at", table_name="turns")
    op.drop_table("turns")
    op.drop_table("revision_items")
    op.drop_index("ix_dossiers_status_due_at", table_name="dossiers")
    op.drop_index("ix_dossiers_owner_phone_hash", table_name="dossiers")
    op.drop_index("ix_dossiers_origin", table_name="dossiers")
    op.drop_table("dossiers")
    op.drop_table("revisions")
    op.drop_index("ix_proof_attempts_code_hash_at", table_name="proof_attempts")
    op.drop_index("ix_proof_attempts_chat_hash_at", table_name="proof_attempts")
    op.drop_table("proof_attempts")
    op.drop_table("organisations")
    op.drop_table("knowledge_items")
    op.drop_table("conversations")
    op.drop_index("ix_consents_channel_chat_purpose", table_name="consents")
    op.drop_table("consents")
