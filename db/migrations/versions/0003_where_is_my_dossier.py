"""What deadlines, legs, groups and delegates need to be kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "delegates",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("dossier_id", _id(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="encrypted"),
        sa.Column("phone_hash", sa.String(length=64), nullable=False, comment="keyed hash"),
        sa.Column("number_tail_hash", sa.String(length=64), nullable=False, comment="keyed hash"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f("fk_delegates_dossier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegates")),
    )
    op.create_index("ix_delegates_dossier_id", "delegates", ["dossier_id"], unique=False)

    op.create_table(
        "dossier_extensions",
        sa.Column("id", _id(), autoincrement=True, nullable=False),
        sa.Column("dossier_id", _id(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("new_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False, comment="number of the Mẫu 04"),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f("fk_dossier_extensions_dossier_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_extensions")),
    )
    op.create_index(
        "ix_dossier_extensions_dossier_id", "dossier_extensions", ["dossier_id"], unique=False
    )

    op.add_column("dossiers", sa.Column("field", sa.Text(), server_default="", nullable=False))
    op.add_column("dossiers", sa.Column("officer", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "dossiers",
        sa.Column(
            "parent_code",
            sa.String(length=64),
            nullable=True,
            comment="of the group's leading dossier",
        ),
    )
    op.add_column(
        "dossiers",
        sa.Column("duration_amount", sa.Float(), nullable=True, comment="time allowed at receipt"),
    )
    op.add_column(
        "dossiers",
        sa.Column("duration_unit", sa.String(length=20), server_default="", nullable=False),
    )
    op.create_index("ix_dossiers_finished_at", "dossiers", ["finished_at"], unique=False)
    op.create_index("ix_dossiers_parent_code", "dossiers", ["parent_code"], unique=False)

    op.add_column("legs", sa.Column("officer", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "legs",
        sa.Column("allowed_amount", sa.Float(), nullable=True, comment="time this office has"),
    )
    op.add_column(
        "legs", sa.Column("allowed_unit", sa.String(length=20), server_default="", nullable=False)
    )

    op.add_column(
        "supplement_requests", sa.Column("author", sa.Text(), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("supplement_requests", "author")

    op.drop_column("legs", "allowed_unit")
    op.drop_column("legs", "allowed_amount")
    op.drop_column("legs", "officer")

    op.drop_index("ix_dossiers_parent_code", table_name="dossiers")
    op.drop_index("ix_dossiers_finished_at", table_name="dossiers")
    op.drop_column("dossiers", "duration_unit")
    op.drop_column("dossiers", "duration_amount")
    op.drop_column("dossiers", "parent_code")
    op.drop_column("dossiers", "officer")
    op.drop_column("dossiers", "field")

    op.drop_index("ix_dossier_extensions_dossier_id", table_name="dossier_extensions")

    op.drop_table("dossier_extensions")
    op.drop_index("ix_delegates_dossier_id", table_name="delegates")

    op.drop_table("delegates")
