"""Bringing a database to this version's schema, and telling whether it fits."""

from collections.abc import Callable
from enum import StrEnum
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from db.engine import DatabaseUnusable, create_engine, unusable


class Fit(StrEnum):
    """How a database's schema stands to the code."""

    FITS = "fits"
    EMPTY = "empty"
    BEHIND = "behind"
    AHEAD = "ahead"


async def upgrade(url: str) -> None:
    """Run the migrations that are missing. Running it again is harmless."""
    await _run(url, lambda connection: command.upgrade(_config(connection), "head"))


async def downgrade(url: str, revision: str) -> None:
    """Step back to an earlier migration ("base": no tables). Data of later tables is lost."""
    await _run(url, lambda connection: command.downgrade(_config(connection), revision))


async def check(url: str) -> Fit:
    """Compare the database's migration with the newest one of the code."""
    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_fit)
    except (DBAPIError, OSError) as error:
        raise DatabaseUnusable(unusable(url, error)) from None
    finally:
        await engine.dispose()


async def _run(url: str, work: Callable[[Connection], None]) -> None:
    engine = create_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    except (DBAPIError, OSError) as error:
        raise DatabaseUnusable(unusable(url, error)) from None
    finally:
        await engine.dispose()


def _fit(connection: Connection) -> Fit:
    current = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(_config(connection))
    if current == script.get_current_head():
        return Fit.FITS
    if current is None:
        return Fit.EMPTY if not inspect(connection).get_table_names() else Fit.BEHIND
    known = {revision.revision for revision in script.walk_revisions()}
    return Fit.BEHIND if current in known else Fit.AHEAD


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("db") / "migrations"))
    config.attributes["connection"] = connection
    return config
