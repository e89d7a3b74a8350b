"""What a turn turned out to mean: the choice taken, the thumb given."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "turns", sa.Column("picked", sa.String(length=20), nullable=False, server_default="")
    )
    op.add_column("turns", sa.Column("is_helpful", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("turns", "is_helpful")
    op.drop_column("turns", "picked")
