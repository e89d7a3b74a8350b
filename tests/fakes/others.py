"""Tracking databases of others, made up: on SQLite or MariaDB, with a user who may only read."""

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from db.sources.mapping import Mapping as SourceMapping
from db.sources.mapping_file import Source, parse_mapping, shipped_mapping

PASSWORD = "reader-secret-2026"
DAY = dt.datetime(2026, 11, 16, 8)  # noqa: DTZ001 - local, as the source's clock writes it

_numbers = itertools.count(1)
_HERE = Path(__file__).parent

PLAIN = """
format = 1
name = "plain"
url_file = "plain.url"
batch = 3
connect_seconds = 2
statement_seconds = 2
dossiers = { table = "ho_so", key = "id" }
cursor = { columns = ["sua_luc"], overlap_seconds = 60 }

[fields]
code = "ma"
procedure_name = "thu_tuc"
owner_name = "chu"
owner_number = "so"
received_at = "nhan_luc"

[[status]]
status = 2
when = { trang_thai = ["nhan"] }
[[status]]
status = 4
when = { trang_thai = ["xu ly"] }
[[status]]
status = 9
when = { trang_thai = ["xong"] }

[history]
table = "qua_trinh"
dossier = "ho_so"
key = "id"
at = "luc"
[[history.status]]
status = 2
when = { trang_thai = ["nhan"] }
[[history.status]]
status = 4
when = { trang_thai = ["xu ly"] }
[[history.status]]
status = 9
when = { trang_thai = ["xong"] }
"""
"""A mapping of the smallest source there is."""

PLAIN_SQL = """
CREATE TABLE ho_so (
    id INTEGER PRIMARY KEY, ma VARCHAR(64), thu_tuc VARCHAR(200), chu VARCHAR(200),
    so VARCHAR(12), trang_thai VARCHAR(20), nhan_luc DATETIME, sua_luc DATETIME
);
CREATE INDEX ho_so_sua_luc ON ho_so (sua_luc, id);
CREATE TABLE qua_trinh (
    id INTEGER PRIMARY KEY, ho_so INTEGER, luc DATETIME, trang_thai VARCHAR(20)
);
CREATE INDEX qua_trinh_ho_so ON qua_trinh (ho_so);
"""


class Others:
    """A database of others: written by them (`execute`, `add`), read by us (`url`)."""

    def __init__(self, engine: Engine, url: URL) -> None:
        self.engine = engine
        self.url = url

    def source(self, mapping: SourceMapping) -> Source:
        return Source(mapping, self.url)

    def execute(self, statement: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def add(self, table: str, *rows: Mapping[str, object]) -> None:
        with self.engine.begin() as connection:
            add(connection, table, rows)


def add(connection: Connection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all have the same columns."""
    names = list(rows[0])
    values = ", ".join(f":{name}" for name in names)
    connection.execute(
        text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"),
        [{name: _bound(connection, value) for name, value in row.items()} for row in rows],
    )


def _bound(connection: Connection, value: object) -> object:
    is_moment = isinstance(value, dt.datetime) and connection.dialect.name == "sqlite"
    return str(value) if is_moment else value


def on_sqlite(folder: Path, script: str) -> Others:
    """A source in an SQLite file."""
    url = make_url(f"sqlite:///{folder / 'others.db'}")
    engine = create_engine(url, poolclass=NullPool)
    _run(engine, script)
    return Others(engine, url)


def on_mariadb(server: str, script: str) -> Others:
    """A source in a database of its own on a MariaDB, with a user who may only select."""
    name, admin = f"others_{next(_numbers)}", make_url(server)
    with create_engine(admin, poolclass=NullPool).begin() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))
        connection.execute(
            text(f"CREATE OR REPLACE USER {name}@localhost IDENTIFIED BY '{PASSWORD}'")
        )
        connection.execute(text(f"GRANT SELECT ON {name}.* TO {name}@localhost"))
    engine = create_engine(admin.set(database=name), poolclass=NullPool)
    _run(engine, script)
    return Others(engine, admin.set(database=name, username=name, password=PASSWORD))


def script(name: str) -> str:
    """The tables of a system: `epar` or `opencps2`."""
    return (_HERE / f"{name}.sql").read_text("utf-8")


def plain_mapping(**changed: str) -> SourceMapping:
    """The mapping of the smallest source; `changed` replaces text by text."""
    told = PLAIN
    for name, value in changed.items():
        lines = [f"{name} = {value}" if line.startswith(f"{name} = ") else line
                 for line in told.splitlines()]  # fmt: skip
        told = "\n".join(lines)
    return parse_mapping("plain.toml", told)


def shipped(name: str) -> SourceMapping:
    return parse_mapping(f"{name}.toml", shipped_mapping(name))


def code(number: int) -> str:
    """The code of the dossier with a number."""
    day = dt.date(2020, 1, 1) + dt.timedelta(days=number // 1000)
    return f"H48.14-{day:%y%m%d}-{number % 1000 + 1:04d}"


def plain_row(number: int, *, at: dt.datetime = DAY, status: str = "nhan") -> dict[str, object]:
    """A dossier of the smallest source, changed `at`."""
    return {
        "id": number,
        "ma": code(number),
        "thu_tuc": "Đăng ký khai sinh",
        "chu": "Nguyễn Thị Lan",
        "so": f"062{number:09d}",
        "trang_thai": status,
        "nhan_luc": DAY,
        "sua_luc": at,
    }


def _run(engine: Engine, script: str) -> None:
    told = "\n".join(line for line in script.splitlines() if not line.startswith("--"))
    with engine.begin() as connection:
        for statement in told.split(";"):
            if statement.strip():
                connection.execute(text(statement))
