"""Opening a database: SQLite in a file by default, PostgreSQL where one machine is not enough."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from db.secrets import Keyring
from db.work import UnitOfWork

BUSY_MILLISECONDS = 5_000
"""How long SQLite waits for another process's write before it gives up."""

STATEMENT_MILLISECONDS = 30_000
"""The longest that PostgreSQL works on one statement of ours."""


class DatabaseUnusable(Exception):  # noqa: N818 - the name says what is wrong
    """One sentence: which database, what is wrong, what to do. No password in it."""


DatabaseTrouble = (SQLAlchemyError, OSError)
"""What a database raises, away or not able to keep something; for callers that go on without it."""

DatabaseAway = (OperationalError, InterfaceError, PoolTimeout, OSError)
"""What it raises when it is away, whatever was asked of it: asking again later may help."""


class Database:
    """An open database. Writers on SQLite wait for each other here, not at the file's lock."""

    def __init__(self, engine: AsyncEngine, keyring: Keyring) -> None:
        self._engine = engine
        self._keyring = keyring
        self._one_writer = asyncio.Lock() if engine.dialect.name == "sqlite" else None

    @property
    def engine(self) -> AsyncEngine:
        """For migrations and tests; everything else goes through `unit`."""
        return self._engine

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        """A transaction: what is not committed when the block ends is rolled back."""
        if self._one_writer is None:
            async with self._unit() as unit:
                yield unit
        else:
            async with self._one_writer, self._unit() as unit:
                yield unit

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that only reads: it waits for no writer, and nothing of it is kept."""
        async with self._unit() as unit:
            yield unit

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _unit(self) -> AsyncIterator[UnitOfWork]:
        async with self._engine.connect() as connection:
            yield UnitOfWork(connection, self._keyring)


async def open_database(url: str, *, keys: Keyring) -> Database:
    """Open and try the database. Raises DatabaseUnusable when it cannot be used."""
    engine = create_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (DBAPIError, OSError) as error:
        await engine.dispose()
        raise DatabaseUnusable(unusable(url, error)) from None
    return Database(engine, keys)


def create_engine(url: str) -> AsyncEngine:
    """An engine with our settings: durable and checked SQLite, bounded PostgreSQL."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        _make_folder(parsed)
        engine = create_async_engine(
            parsed,
            hide_parameters=True,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=1,  # one stays open: the last one to close would write the whole log back
            max_overflow=9,
        )
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        return engine
    return create_async_engine(
        parsed,
        hide_parameters=True,  # errors name no ciphertext, no hash, no text of a citizen
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        connect_args={
            "connect_timeout": 5,
            "options": f"-c statement_timeout={STATEMENT_MILLISECONDS} -c timezone=UTC",
        },
    )


def parse_url(url: str) -> URL:
    """Read a database URL; plain `sqlite:` and `postgresql:` get our drivers."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        raise DatabaseUnusable(
            "MOTCUA_DATABASE_URL is not a database URL. Write sqlite:///PATH or "
            "postgresql://USER:PASSWORD@HOST/NAME."
        ) from None
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
    if backend not in drivers:
        raise DatabaseUnusable(
            f"MOTCUA_DATABASE_URL names {backend}, which motcua does not keep its data in. "
            "Use SQLite or PostgreSQL."
        )
    return parsed.set(drivername=drivers[backend])


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    shown = re.sub(r":[^:@]*@", ":*****@", parts.netloc)
    return urlunsplit(parts._replace(netloc=shown))


def unusable(url: str, error: Exception) -> str:
    """The one sentence for an error while opening."""
    reason = str(getattr(error, "orig", None) or error).split("\n", 1)[0].strip()
    return (
        f"The database {without_password(url)} cannot be used ({reason}). "
        "Check that it exists and may be written, or name another in MOTCUA_DATABASE_URL."
    )


def _make_folder(url: URL) -> None:
    if not url.database or url.database == ":memory:":
        return
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(
            f"The folder {folder} cannot be made ({error.strerror}). "
            "Make it writable, or name another in MOTCUA_DATA."
        ) from None


def _set_up_sqlite(connection: Any, _record: object) -> None:
    """Durable at power loss (FULL), readers beside the writer (WAL), references checked."""
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
    except sqlite3.OperationalError as error:
        if "readonly" in str(error) or "read-only" in str(error):
            raise DatabaseUnusable(
                "The database file or its folder is read-only. "
                "Make it writable, or name another folder in MOTCUA_DATA."
            ) from None
        raise
    finally:
        cursor.close()
