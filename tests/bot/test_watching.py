"""Watching sources: again and again, side by side, until stopped; time is moved by hand."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.errors import Refusal
from bot.watching import Watcher, sources_of
from db.engine import Database
from db.records import Status
from db.sources.mapping_file import Source
from tests.fakes.others import (
    DAY,
    PLAIN,
    PLAIN_SQL,
    Others,
    code,
    on_sqlite,
    plain_mapping,
    plain_row,
)

_NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
_EVERY = 60.0


class Time:
    """A clock that moves only by waiting, and says how often somebody waited."""

    def __init__(self) -> None:
        self.now = _NOW
        self.waits: asyncio.Queue[float] = asyncio.Queue()
        self._go = asyncio.Semaphore(0)

    def clock(self) -> dt.datetime:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.waits.put_nowait(seconds)
        await self._go.acquire()

    async def looked(self) -> None:
        """Until a look is over."""
        assert await asyncio.wait_for(self.waits.get(), 10) == _EVERY

    def pass_on(self) -> None:
        self.now += dt.timedelta(seconds=_EVERY)
        self._go.release()


@pytest.fixture
def plain(tmp_path: Path) -> Others:
    return on_sqlite(tmp_path, PLAIN_SQL)


async def _status(database: Database) -> Status | None:
    async with database.unit() as unit:
        found = await unit.dossiers.find([code(1)])
    return found[code(1)][0].status if found else None


async def test_a_change_is_seen_at_the_next_look(sqlite_database: Database, plain: Others) -> None:
    time = Time()
    watcher = Watcher(database=sqlite_database, every=_EVERY, clock=time.clock, wait=time.wait)
    plain.add("ho_so", plain_row(1))
    task = asyncio.create_task(watcher.watch([plain.source(plain_mapping())]))
    await time.looked()
    assert await _status(sqlite_database) is Status.RECEIVED
    later = str(DAY + dt.timedelta(hours=1))
    plain.execute("UPDATE ho_so SET trang_thai = 'xong', sua_luc = :at", at=later)
    time.pass_on()
    await time.looked()
    assert await _status(sqlite_database) is Status.DONE
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_source_that_is_away_holds_up_no_other_and_is_told_once(
    sqlite_database: Database, plain: Others, tmp_path: Path
) -> None:
    time = Time()
    away = plain_mapping(name='"away"')
    gone = Source(away, plain.url.set(database=str(tmp_path / "nowhere" / "x.db")))
    plain.add("ho_so", plain_row(1))
    watcher = Watcher(database=sqlite_database, every=_EVERY, clock=time.clock, wait=time.wait)
    with capture_logs() as logs:
        task = asyncio.create_task(watcher.watch([gone, plain.source(plain_mapping())]))
        for _ in range(3):
            await time.looked()
            await time.looked()
            time.pass_on()
            time.pass_on()
        task.cancel()
    assert await _status(sqlite_database) is Status.RECEIVED
    assert [line["source"] for line in logs if line["action"] == "source_away"] == ["away"]


async def test_a_failure_inside_ends_nothing_and_tells_nothing_of_a_row(
    sqlite_database: Database, plain: Others
) -> None:
    time = Time()

    async def fail(*_: object) -> None:
        raise RuntimeError("Nguyễn Thị Lan")

    plain.add("ho_so", plain_row(1))
    plain.add("qua_trinh", {"id": 7, "ho_so": 1, "luc": DAY, "trang_thai": "nhan"})
    watcher = Watcher(
        database=sqlite_database, every=_EVERY, clock=time.clock, wait=time.wait, tell=fail
    )
    with capture_logs() as logs:
        task = asyncio.create_task(watcher.watch([plain.source(plain_mapping())]))
        await time.looked()
        time.pass_on()
        await time.looked()
        task.cancel()
    failed = [line for line in logs if line["action"] == "source_failed"]
    assert [line["error"] for line in failed] == ["RuntimeError", "RuntimeError"]
    assert "Lan" not in str(logs)


def test_without_a_folder_there_is_nothing_to_watch_and_a_wrong_one_is_refused(
    tmp_path: Path,
) -> None:
    assert sources_of(None) == ()
    (tmp_path / "plain.toml").write_text(PLAIN.replace("batch = 3", "batch = 0"), "utf-8")
    with pytest.raises(Refusal, match="MOTCUA_SOURCES names") as caught:
        sources_of(tmp_path)
    assert "plain.toml, batch" in str(caught.value)
