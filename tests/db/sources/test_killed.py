"""Killed in the middle of reading, many times: nothing is lost, no event is there twice."""

import asyncio
import datetime as dt
import random
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from db.engine import Database, open_database
from db.migrating import upgrade
from db.secrets import Keyring
from db.sources.mapping_file import parse_mapping
from db.sources.syncing import sync
from db.tables import dossiers, status_changes
from tests.conftest import KEY
from tests.fakes.others import DAY, PLAIN, PLAIN_SQL, Others, on_sqlite, plain_row

_ROOT = Path(__file__).parents[3]
_COUNT = 1_500
_KILLS = 8
_NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
_MINUTE = dt.timedelta(minutes=1)


async def test_a_reader_that_is_killed_again_and_again_ends_where_one_that_is_not_does(
    tmp_path: Path,
) -> None:
    source = on_sqlite(tmp_path, PLAIN_SQL)
    _fill(source)
    told = PLAIN.replace("batch = 3", "batch = 20")
    mapping = tmp_path / "plain.toml"
    mapping.write_text(told, "utf-8")
    killed = f"sqlite:///{tmp_path / 'killed.db'}"
    calm = f"sqlite:///{tmp_path / 'calm.db'}"
    for url in (killed, calm):
        await upgrade(url)
    ended_alone = await asyncio.to_thread(_kill, killed, str(source.url), mapping)
    database = await open_database(calm, keys=Keyring([KEY]))
    await sync(database, source.source(parse_mapping("plain.toml", told)), _NOW)
    expected = await _kept(database)
    await database.close()
    database = await open_database(killed, keys=Keyring([KEY]))
    found = await _kept(database)
    await database.close()
    assert ended_alone >= _KILLS // 2, "the reader was too fast to be killed"
    assert len(expected) == 3 * _COUNT
    assert found == expected


def _fill(source: Others) -> None:
    chance = random.Random(7)
    rows = [
        plain_row(number, at=DAY + chance.randrange(500) * _MINUTE, status="xong")
        for number in range(1, _COUNT + 1)
    ]
    source.add("ho_so", *rows)
    words = ("nhan", "xu ly", "xong")
    source.add(
        "qua_trinh",
        *(
            {"id": 10 * number + place, "ho_so": number, "luc": DAY + place * _MINUTE,
             "trang_thai": word}
            for number in range(1, _COUNT + 1)
            for place, word in enumerate(words)
        ),
    )  # fmt: skip


def _kill(ours: str, theirs: str, mapping: Path) -> int:
    """Kill readers after some batches, then let one end; how many were killed in the middle."""
    chance = random.Random(11)
    killed = 0
    for _ in range(_KILLS):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.reading_process", ours, theirs, str(mapping)],
            cwd=_ROOT, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout
            for _ in range(chance.randrange(1, 6)):
                process.stdout.readline()
            process.kill()
            killed += "read" not in process.stdout.read()
    done = subprocess.run(
        [sys.executable, "-m", "tests.fakes.reading_process", ours, theirs, str(mapping)],
        cwd=_ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.endswith("read\n")
    return killed


async def _kept(database: Database) -> list[tuple[object, ...]]:
    query = (
        select(dossiers.c.code, dossiers.c.status, status_changes.c.at,
               status_changes.c.status, status_changes.c.event_key)
        .join_from(dossiers, status_changes)
        .order_by(dossiers.c.code, status_changes.c.event_key)
    )  # fmt: skip
    async with database.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(query)]
