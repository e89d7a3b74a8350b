"""Several readers of one source, and readers beside the desk: nobody waits, nothing is twice."""

import asyncio
import datetime as dt
import threading
import time

import pytest
from sqlalchemy import func, select

from db.engine import Database
from db.sources.syncing import sync
from db.sources.threads import in_thread
from db.tables import dossiers, status_changes
from tests.fakes.others import DAY, Others, plain_mapping, plain_row

NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)


async def test_two_readers_at_once_keep_everything_once(
    database: Database, plain_mariadb: Others
) -> None:
    plain = plain_mariadb
    plain.add("ho_so", *(plain_row(number) for number in range(1, 61)))
    plain.add(
        "qua_trinh",
        *({"id": number, "ho_so": number, "luc": DAY, "trang_thai": "nhan"}
          for number in range(1, 61)),
    )  # fmt: skip
    source = plain.source(plain_mapping())
    async with database.unit() as unit:
        await unit.source_states.begin("plain", NOW)
        await unit.commit()
    reports = await asyncio.gather(*(sync(database, source, NOW) for _ in range(3)))
    assert not any(report.trouble or report.unread for report in reports)
    assert sum(report.changes for report in reports) == 60
    await sync(database, source, NOW)
    async with database.engine.connect() as connection:
        for table in (dossiers, status_changes):
            assert await connection.scalar(select(func.count()).select_from(table)) == 60


async def test_of_two_who_read_on_from_one_place_the_second_moves_nothing(
    database: Database,
) -> None:
    async with database.unit() as unit:
        await unit.source_states.begin("plain", NOW)
        (place,) = await unit.source_states.all()
        assert await unit.source_states.advance(place, "first")
        assert not await unit.source_states.advance(place, "second")
        assert (await unit.source_states.all())[0].cursor == "first"


async def test_work_in_a_thread_gives_its_result_and_its_error() -> None:
    assert await in_thread(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0)


async def test_nobody_waits_for_work_that_is_given_up() -> None:
    held = threading.Event()
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(in_thread(held.wait), 0.05)
    assert time.monotonic() - begun < 1
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "source")
    held.set()
