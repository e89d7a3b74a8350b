"""What is read again and what is not: only changes, nothing twice, nothing forgotten."""

import datetime as dt
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from db.dossier_updates import NewChange
from db.engine import Database
from db.records import Status
from db.sources.mapping import Mapping
from db.sources.syncing import SyncReport, read_again, sync
from db.work import UnitOfWork
from tests.fakes.others import DAY, Others, add, code, plain_mapping, plain_row

NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
_MINUTE = dt.timedelta(minutes=1)


async def _look(
    database: Database, plain: Others, minute: int = 0, mapping: Mapping | None = None
) -> SyncReport:
    source = plain.source(mapping or plain_mapping())
    report = await sync(database, source, NOW + minute * _MINUTE)
    assert not report.trouble
    return report


async def _statuses(database: Database, count: int) -> list[Status]:
    async with database.unit() as unit:
        found = await unit.dossiers.find([code(number) for number in range(1, count + 1)])
    return [dossier.status for _, (dossier, _) in sorted(found.items())]


async def test_the_first_look_reads_everything_and_the_next_only_what_changed(
    sqlite_database: Database, plain: Others
) -> None:
    rows = [plain_row(number, at=DAY + number * _MINUTE) for number in range(1, 11)]
    plain.add("ho_so", *rows)
    first = await _look(sqlite_database, plain)
    again = await _look(sqlite_database, plain, 1)
    settled = await _look(sqlite_database, plain, 5)
    plain.execute(
        "UPDATE ho_so SET trang_thai = 'xong', sua_luc = :at WHERE id = 4",
        at=str(DAY + 30 * _MINUTE),
    )
    changed = await _look(sqlite_database, plain, 6)
    assert (first.rows, first.dossiers) == (10, 10)
    assert again.rows == 2, "within the overlap of a minute: rows 9 and 10"
    assert settled.rows == 2, "the look that settles reads them a last time"
    assert changed.rows == 1
    assert (await _look(sqlite_database, plain, 20)).rows == 1, "the look that settles"
    assert (await _look(sqlite_database, plain, 30)).rows == 0
    statuses = await _statuses(sqlite_database, 10)
    assert statuses.count(Status.DONE) == 1
    assert statuses[3] is Status.DONE


async def test_the_server_does_not_walk_through_the_table_for_a_change(
    sqlite_database: Database, plain_mariadb: Others
) -> None:
    plain = plain_mariadb
    mapping = plain_mapping(batch="500")
    plain.add("ho_so", *(plain_row(number, at=DAY + number * _MINUTE) for number in range(1, 3001)))
    await _look(sqlite_database, plain, 0, mapping)
    await _look(sqlite_database, plain, 5, mapping)
    plain.add("ho_so", plain_row(3001, at=DAY + 3001 * _MINUTE))
    before = _rows_walked(plain)
    assert (await _look(sqlite_database, plain, 6, mapping)).rows == 1
    assert _rows_walked(plain) - before < 300


async def test_rows_with_one_moment_are_not_split_by_a_batch(
    sqlite_database: Database, plain: Others
) -> None:
    plain.add("ho_so", plain_row(1))
    await _look(sqlite_database, plain)
    moment = DAY + 10 * _MINUTE
    plain.add("ho_so", *(plain_row(number, at=moment) for number in range(2, 12)))
    report = await _look(sqlite_database, plain, 20)
    assert report.rows == 11, "ten in batches of three, and the first one of the overlap"
    assert len(await _statuses(sqlite_database, 11)) == 11


async def test_a_row_that_was_committed_late_is_found(
    sqlite_database: Database, plain_mariadb: Others
) -> None:
    plain = plain_mariadb
    plain.add("ho_so", plain_row(1, at=DAY))
    await _look(sqlite_database, plain)
    with plain.engine.connect() as slow:
        add(slow, "ho_so", [plain_row(2, at=DAY + 30 * dt.timedelta(seconds=1))])
        plain.add("ho_so", plain_row(3, at=DAY + 50 * dt.timedelta(seconds=1)))
        await _look(sqlite_database, plain, 1)
        assert len(await _statuses(sqlite_database, 3)) == 2
        slow.commit()
    await _look(sqlite_database, plain, 1)
    assert len(await _statuses(sqlite_database, 3)) == 3


async def test_a_moment_in_the_future_hides_nothing_that_comes_before_it(
    sqlite_database: Database, plain: Others
) -> None:
    plain.add("ho_so", plain_row(1, at=DAY), plain_row(2, at=DAY + dt.timedelta(days=900)))
    for minute in range(4):
        await _look(sqlite_database, plain, minute)
        assert len(await _statuses(sqlite_database, 9)) == 2 + minute
        local = (NOW + minute * _MINUTE + dt.timedelta(hours=7)).replace(tzinfo=None)
        plain.add("ho_so", plain_row(3 + minute, at=local))


async def test_what_is_deleted_there_stays_here(sqlite_database: Database, plain: Others) -> None:
    plain.add("ho_so", *(plain_row(number) for number in range(1, 5)))
    await _look(sqlite_database, plain)
    plain.execute("DELETE FROM ho_so WHERE id > 2")
    await _look(sqlite_database, plain, 1)
    assert len(await _statuses(sqlite_database, 4)) == 4


async def test_an_empty_source_is_read_once_it_holds_something(
    sqlite_database: Database, plain: Others
) -> None:
    assert (await _look(sqlite_database, plain)).rows == 0
    plain.add("ho_so", plain_row(1))
    assert (await _look(sqlite_database, plain, 1)).rows == 1


async def test_cursor_columns_without_anything_are_a_trouble(
    sqlite_database: Database, plain: Others
) -> None:
    plain.add("ho_so", plain_row(1) | {"sua_luc": None})
    report = await sync(sqlite_database, plain.source(plain_mapping()), NOW)
    assert "cursor columns are empty" in report.trouble


async def test_the_latest_of_several_moments_counts(
    sqlite_database: Database, plain: Others
) -> None:
    mapping = plain_mapping(cursor='{ columns = ["sua_luc", "nhan_luc"], overlap_seconds = 60 }')
    rows = [plain_row(number, at=DAY + number * _MINUTE) for number in range(1, 8)]
    plain.add("ho_so", *rows)
    await _look(sqlite_database, plain, 0, mapping)
    await _look(sqlite_database, plain, 5, mapping)
    late = str(DAY + 60 * _MINUTE)
    plain.execute("UPDATE ho_so SET nhan_luc = :at, trang_thai = 'xong' WHERE id < 4", at=late)
    plain.execute("UPDATE ho_so SET sua_luc = NULL WHERE id = 1")
    assert (await _look(sqlite_database, plain, 6, mapping)).rows == 3
    assert (await _statuses(sqlite_database, 7))[:4] == [Status.DONE] * 3 + [Status.RECEIVED]


async def test_another_mapping_begins_anew_and_reading_again_tells_nothing_twice(
    sqlite_database: Database, plain: Others
) -> None:
    plain.add("ho_so", *(plain_row(number) for number in range(1, 5)))
    plain.add("qua_trinh", {"id": 1, "ho_so": 1, "luc": DAY, "trang_thai": "nhan"})
    first = await _look(sqlite_database, plain)
    await read_again(sqlite_database, plain.source(plain_mapping()))
    again = await _look(sqlite_database, plain, 9)
    by_number = plain_mapping(cursor='{ columns = ["id"], overlap_seconds = 0 }')
    third = await _look(sqlite_database, plain, 10, by_number)
    assert [(one.rows, one.changes) for one in (first, again, third)] == [(4, 1), (4, 0), (4, 0)]


async def test_changes_are_told_in_the_transaction_that_keeps_them(
    sqlite_database: Database, plain: Others
) -> None:
    plain.add("ho_so", plain_row(1))
    plain.add("qua_trinh", {"id": 7, "ho_so": 1, "luc": DAY, "trang_thai": "nhan"})
    told: list[NewChange] = []

    async def fail(_: UnitOfWork, changes: Sequence[NewChange]) -> None:
        told.extend(changes)
        raise ConnectionError("the notices cannot be kept")

    async def keep(_: UnitOfWork, changes: Sequence[NewChange]) -> None:
        told.extend(changes)

    source = plain.source(plain_mapping())
    with pytest.raises(ConnectionError):
        await sync(sqlite_database, source, NOW, tell=fail)
    assert await _statuses(sqlite_database, 1) == []
    await sync(sqlite_database, source, NOW + _MINUTE, tell=keep)
    await sync(sqlite_database, source, NOW + 2 * _MINUTE, tell=keep)
    assert [(of, change.event_key) for of, change in told] == [(code(1), "7")] * 2


def _rows_walked(plain: Others) -> int:
    with plain.engine.connect() as connection:
        found = connection.execute(text("SHOW GLOBAL STATUS LIKE 'Handler_read_%'")).all()
    return sum(int(count) for name, count in found if name in
               {"Handler_read_next", "Handler_read_prev", "Handler_read_rnd_next"})  # fmt: skip
