"""Fixtures for every test: databases on SQLite and on a real PostgreSQL."""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from db.engine import Database, open_database
from db.migrating import upgrade
from db.secrets import Keyring
from tests import mariadb as maria
from tests.postgres import NoServer, server

KEY = b"a key of the tests, thirty-two bytes and more"
SHARED = Path(__file__).parent.parent.parent / "shared" / "data"

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server, or a skip that says why there is none."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(server())
        except NoServer as reason:
            pytest.skip(str(reason))
        yield url


@pytest.fixture(scope="session")
def mariadb() -> Iterator[str]:
    """The URL of a MariaDB server, or a skip that says why there is none."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(maria.server())
        except maria.NoMariaDb as reason:
            pytest.skip(str(reason))
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any tables, on each kind of server in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'motcua.db'}"
    admin = make_url(request.getfixturevalue("postgres"))
    name = f"test_{next(_numbers)}"
    with psycopg.connect(
        admin.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return admin.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    """An open database with its tables, on each kind of server in turn."""
    await upgrade(empty_url)
    opened = await open_database(empty_url, keys=Keyring([KEY]))
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(tmp_path: Path) -> AsyncIterator[Database]:
    """An open SQLite database with its tables, for tests that need only one kind."""
    url = f"sqlite:///{tmp_path / 'motcua.db'}"
    await upgrade(url)
    opened = await open_database(url, keys=Keyring([KEY]))
    yield opened
    await opened.close()


@pytest.fixture
def shared_data() -> Path:
    """Real records beside the checkout, or a skip that says what is missing."""
    if not SHARED.is_dir():
        pytest.skip(f"no real records at {SHARED.parent.name}/{SHARED.name} beside the checkout")
    return SHARED
