"""Alembic's entry: runs on the connection that db.migrating hands over."""

from alembic import context

import db.work  # noqa: F401 - brings every table
from db.columns import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
