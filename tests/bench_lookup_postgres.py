"""Looking up a dossier among ten million on PostgreSQL: `python -m tests.bench_lookup_postgres`.

10,000,000 dossiers with 60,000,000 status changes (or as many dossiers as the argument says),
copied inside the server from one that the store wrote; some 15 GB and a quarter of an hour. The
server is `TEST_DATABASE_URL` or a private one, as for the tests.
"""

import asyncio
import datetime as dt
import random
import statistics
import sys
import time
from collections.abc import Iterator

from sqlalchemy import Connection, Index, Table, create_engine, make_url, text

from db.engine import Database, open_database
from db.migrating import upgrade
from db.secrets import Keyring
from db.tables import dossiers, status_changes
from tests.bench_lookup import dossier_like
from tests.conftest import KEY
from tests.postgres import server

_COUNT = 10_000_000
_LOOKUPS = 5_000
_A_DAY = 9_000  # dossiers of one day: their running number has four digits
_FIRST = dt.date(2020, 1, 1)
_CODE = (
    "'H48.14-' || to_char(date '2020-01-01' + (n / 9000), 'YYMMDD') || '-' || "
    "lpad((n % 9000 + 1)::text, 4, '0')"
)
_UNIQUE = {
    "id": "n + 2",
    "code": _CODE,
    "owner_phone_hash": "md5('p' || n) || md5('q' || n)",
    "owner_number_hash": "md5('o' || n) || md5('r' || n)",
    "number_tail_hash": "md5('t' || n) || md5('u' || n)",
    "receipt_secret_hash": "md5('s' || n) || md5('v' || n)",
}


def code_of(number: int) -> str:
    """The code of one of the copied dossiers."""
    day = _FIRST + dt.timedelta(days=number // _A_DAY)
    return f"H48.14-{day:%y%m%d}-{number % _A_DAY + 1:04d}"


def _statements(count: int) -> Iterator[str]:
    columns = ", ".join(column.name for column in dossiers.columns)
    values = ", ".join(_UNIQUE.get(column.name, f"m.{column.name}") for column in dossiers.columns)
    yield (
        f"INSERT INTO dossiers ({columns}) SELECT {values} "
        f"FROM generate_series(0, {count - 1}) n CROSS JOIN dossiers m WHERE m.code = 'H1-MODEL'"
    )
    yield (
        "INSERT INTO status_changes (dossier_id, at, status, organisation, text) "
        "SELECT n + 2, m.at, m.status, m.organisation, m.text "
        f"FROM generate_series(0, {count - 1}) n CROSS JOIN status_changes m "
        "WHERE m.dossier_id = 1"
    )


def _fill(url: str, count: int) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("SET maintenance_work_mem = '1GB'"))
        indexes = [*_without_indexes(connection, dossiers, status_changes)]
        for statement in _statements(count):
            connection.execute(text(statement))
        connection.execute(text("CREATE UNIQUE INDEX ix_code ON dossiers (code)"))
        for index in indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _without_indexes(connection: Connection, *tables: Table) -> Iterator[Index]:
    connection.execute(text("ALTER TABLE dossiers DROP CONSTRAINT uq_dossiers_code"))
    for table in tables:
        for index in table.indexes:
            index.drop(connection)
            yield index


async def measure(url: str, count: int) -> list[str]:
    """Sentences with figures."""
    await upgrade(url)
    database = await open_database(url, keys=Keyring([KEY]))
    async with database.unit() as unit:
        await unit.dossiers.add_many([dossier_like(0, "H1-MODEL")], origin="bench")
        await unit.commit()
    started = time.perf_counter()
    await asyncio.to_thread(_fill, url, count)
    minutes = (time.perf_counter() - started) / 60
    async with database.engine.connect() as connection:
        size = await connection.scalar(text("SELECT pg_database_size(current_database())"))
        rows = await connection.scalar(text("SELECT count(*) FROM status_changes"))
    filled = (
        f"{count:,} dossiers, {rows:,} status changes, {int(size or 0) / 1e9:.0f} GB, "
        f"made in {minutes:.0f} minutes"
    )
    told = [filled]
    for when in ("first", "second"):
        times = await _lookups(database, count)
        told.append(
            f"{when} {_LOOKUPS:,} lookups: p50 {statistics.median(times):.1f} ms, "
            f"p99 {times[int(len(times) * 0.99)]:.1f} ms"
        )
    await database.close()
    return told


async def _lookups(database: Database, count: int) -> list[float]:
    chance = random.Random(118)
    times = []
    for _ in range(_LOOKUPS):
        code = code_of(chance.randrange(count))
        begun = time.perf_counter()
        async with database.unit() as unit:
            assert await unit.dossiers.find([code])
        times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _COUNT
    with server() as maintenance:
        for sentence in asyncio.run(measure(maintenance, count)):
            sys.stdout.write(f"{sentence}\n")


if __name__ == "__main__":
    main()
