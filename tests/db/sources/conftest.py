"""Sources of others on SQLite and on a real MariaDB."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.others import PLAIN_SQL, Others, on_mariadb, on_sqlite, script


@pytest.fixture(params=["sqlite", "mariadb"])
def plain(request: pytest.FixtureRequest, tmp_path: Path) -> Others:
    """The smallest source there is, on each kind of server in turn."""
    if request.param == "sqlite":
        return on_sqlite(tmp_path, PLAIN_SQL)
    return on_mariadb(request.getfixturevalue("mariadb"), PLAIN_SQL)


@pytest.fixture
def plain_mariadb(mariadb: str) -> Others:
    """The smallest source there is, on MariaDB."""
    return on_mariadb(mariadb, PLAIN_SQL)


@pytest.fixture
def others(mariadb: str) -> Callable[[str], Others]:
    """Makes a database with the tables of a system on MariaDB."""
    return lambda name: on_mariadb(mariadb, script(name))
