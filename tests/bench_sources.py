"""Reading a tracking database of others, measured: `python -m tests.bench_sources [COUNT]`.

OpenCPS v2 on a MariaDB of its own with 100,000 dossiers of three actions each, by the mapping
that ships: everything once, then everything again after each dossier took one more step; into
SQLite and into PostgreSQL. Also how long the event loop was held up meanwhile.
"""

import asyncio
import datetime as dt
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from db.engine import open_database
from db.migrating import upgrade
from db.secrets import Keyring
from db.sources.mapping_file import Source
from db.sources.syncing import SyncReport, sync
from tests import mariadb, postgres
from tests.conftest import KEY
from tests.fakes.others import DAY, Others, on_mariadb, script, shipped
from tests.fakes.tracking import OPENCPS_STEPS, fill, opencps_rows

_COUNT = 100_000
_PART = 2_000
_NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
_BEAT = 0.005


def fill_source(server: str, count: int) -> Others:
    """OpenCPS with `count` dossiers in work."""
    others = on_mariadb(server, script("opencps2"))
    fill(others, [OPENCPS_STEPS])
    words = ("new", "receiving", "processing")
    for start in range(1, count + 1, _PART):
        numbers = range(start, min(start + _PART, count + 1))
        fill(others, [opencps_rows(number, words) for number in numbers])
    return others


def move_all(others: Others, step: int) -> None:
    """Let every dossier take one more step: releasing, done."""
    word = ("releasing", "done")[step]
    moved = DAY + dt.timedelta(days=step + 1)
    others.execute(
        "INSERT INTO opencps_dossieraction (dossierActionId, createDate, dossierId, "
        "serviceProcessId, stepCode, stepName) "
        "SELECT dossierId * 100 + 50 + :step, :at, dossierId, 1, :word, :word FROM opencps_dossier",
        step=step, at=moved, word=word,
    )  # fmt: skip
    others.execute(
        "UPDATE opencps_dossier SET dossierStatus = :word, "
        "modifiedDate = ADDDATE(:at, INTERVAL dossierId * 500000 MICROSECOND)", word=word, at=moved,
    )  # fmt: skip


@asynccontextmanager
async def pulse() -> AsyncIterator[list[float]]:
    """The times that the event loop let a sleeper wait too long, in seconds."""
    late: list[float] = []

    async def beat() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(_BEAT)
            late.append(time.perf_counter() - begun - _BEAT)

    task = asyncio.create_task(beat())
    yield late
    task.cancel()


async def measure(name: str, url: str, source: Source, others: Others, step: int) -> list[str]:
    """Sentences with figures for one kind of our database."""
    await upgrade(url)
    database = await open_database(url, keys=Keyring([KEY]))
    told = []
    for look, label in enumerate(("first load", "every dossier changed")):
        if look:
            await asyncio.to_thread(move_all, others, step)
        begun, worked = time.perf_counter(), time.process_time()
        async with pulse() as late:
            report = await sync(database, source, _NOW + dt.timedelta(hours=look))
        seconds, worked = time.perf_counter() - begun, time.process_time() - worked
        told.append(_sentence(f"{name}, {label}", report, (seconds, worked), sorted(late)))
    await database.close()
    return told


def _sentence(label: str, report: SyncReport, times: tuple[float, float], late: list[float]) -> str:
    seconds, worked = times
    held = f"p99 {late[int(len(late) * 0.99)] * 1000:.0f} ms, most {late[-1] * 1000:.0f} ms"
    return (
        f"{label}: {report.rows:,} rows, {report.changes:,} new events in {seconds:.1f} s "
        f"({worked:.1f} s of our processor), "
        f"{report.rows / seconds:,.0f} rows/s; the loop held up: {held}"
        + (f"; {report.trouble} {report.unread[:3]}" if report.trouble or report.unread else "")
    )


@contextmanager
def our_postgresql() -> Iterator[str]:
    with postgres.server() as admin:
        plain = make_url(admin).set(drivername="postgresql")
        with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as one:
            one.execute("CREATE DATABASE bench_sources")
        yield plain.set(database="bench_sources").render_as_string(hide_password=False)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _COUNT
    with mariadb.server() as server, tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        others = fill_source(server, count)
        sys.stdout.write(f"{count:,} dossiers made in {time.perf_counter() - begun:.0f} s\n")
        source = others.source(shipped("opencps2"))
        embedded = f"sqlite:///{Path(folder) / 'motcua.db'}"
        with our_postgresql() as served:
            for step, (name, url) in enumerate((("SQLite", embedded), ("PostgreSQL", served))):
                for sentence in asyncio.run(measure(name, url, source, others, step)):
                    sys.stdout.write(f"{sentence}\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
