"""Sources that are away, slow, changed or full of slips: said in one sentence, nothing lost."""

import datetime as dt
import socket
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.engine import Database
from db.records import Dossier, SourceState, Status
from db.sources.mapping_file import Source
from db.sources.reading import SourceReader, Unread
from db.sources.syncing import sync
from tests.fakes.others import DAY, PASSWORD, Others, code, plain_mapping, plain_row

NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
_HOUR = dt.timedelta(hours=1)


async def _state(database: Database) -> SourceState:
    async with database.unit() as unit:
        (state,) = await unit.source_states.all()
    return state


async def _dossier(database: Database, number: int) -> Dossier:
    async with database.unit() as unit:
        dossier, _ = (await unit.dossiers.find([code(number)]))[code(number)]
    return dossier


@pytest.fixture
async def read_once(sqlite_database: Database, plain_mariadb: Others) -> Others:
    """A source that was read at NOW."""
    plain_mariadb.add("ho_so", plain_row(1))
    report = await sync(sqlite_database, plain_mariadb.source(plain_mapping()), NOW)
    assert not report.trouble
    return plain_mariadb


@pytest.fixture
def mute_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    held.append(listener.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        for one in held:
            one.close()


async def _after_trouble(database: Database, source: Source) -> str:
    """The sentence; what was read before must stay, with the moment up to which it is true."""
    report = await sync(database, source, NOW + _HOUR)
    state, dossier = await _state(database), await _dossier(database, 1)
    assert report.trouble == state.trouble
    assert (state.read_until, state.checked_at) == (NOW, NOW + _HOUR)
    assert (dossier.read_until, dossier.source_is_away) == (NOW, True)
    assert PASSWORD not in report.trouble
    assert "mysql" not in report.trouble
    back = await sync(database, Source(source.mapping, source.url), NOW + 2 * _HOUR)
    assert back.trouble
    return report.trouble


async def test_a_source_that_is_down(sqlite_database: Database, read_once: Others) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = read_once.url.set(host="127.0.0.1", port=port, query={})
    source = Source(plain_mapping(), url)
    assert await _after_trouble(sqlite_database, source) == "The server cannot be reached."


async def test_a_source_that_does_not_answer(
    sqlite_database: Database, read_once: Others, mute_port: int
) -> None:
    url = read_once.url.set(host="127.0.0.1", port=mute_port, query={})
    mapping = plain_mapping(connect_seconds="1", statement_seconds="1")
    told = await _after_trouble(sqlite_database, Source(mapping, url))
    assert told == "The server closed the connection, or did not answer in time."


async def test_a_wrong_password_is_told_and_not_shown(
    sqlite_database: Database, read_once: Others
) -> None:
    source = Source(plain_mapping(), read_once.url.set(password="wrong-word"))
    told = await _after_trouble(sqlite_database, source)
    assert told == "The server refuses the user name or the password."
    assert "wrong-word" not in repr(source)


async def test_columns_and_tables_that_are_gone_are_named(
    sqlite_database: Database, plain: Others
) -> None:
    plain.add("ho_so", plain_row(1))
    source = plain.source(plain_mapping())
    await sync(sqlite_database, source, NOW)
    plain.execute("ALTER TABLE ho_so DROP COLUMN chu")
    plain.execute("DROP TABLE qua_trinh")
    told = await _after_trouble(sqlite_database, source)
    assert told == (
        "The table ho_so has no column chu. "
        "The table qua_trinh is not there, or the user may not read it."
    )


async def test_a_source_that_comes_back_is_current_again(
    sqlite_database: Database, read_once: Others
) -> None:
    source = read_once.source(plain_mapping())
    read_once.execute("RENAME TABLE ho_so TO away")
    assert (await sync(sqlite_database, source, NOW + _HOUR)).trouble
    read_once.execute("RENAME TABLE away TO ho_so")
    read_once.execute("UPDATE ho_so SET trang_thai = 'xong', sua_luc = '2026-11-16 10:00:00'")
    assert not (await sync(sqlite_database, source, NOW + 2 * _HOUR)).trouble
    dossier = await _dossier(sqlite_database, 1)
    assert dossier.status is Status.DONE
    assert (dossier.read_until, dossier.source_is_away) == (NOW + 2 * _HOUR, False)


async def test_a_slow_statement_is_given_up(
    sqlite_database: Database, plain_mariadb: Others
) -> None:
    plain = plain_mariadb
    plain.add("ho_so", plain_row(1))
    plain.execute("RENAME TABLE ho_so TO held")
    plain.execute(
        "CREATE VIEW ho_so AS SELECT id, ma, thu_tuc, chu, so, nhan_luc, sua_luc, "
        "IF(SLEEP(30), '', trang_thai) AS trang_thai FROM held"
    )
    slow = plain_mapping(statement_seconds="1")
    begun = dt.datetime.now(dt.UTC)
    report = await sync(sqlite_database, plain.source(slow), NOW)
    assert report.trouble == "The server stopped a statement that took too long."
    assert dt.datetime.now(dt.UTC) - begun < dt.timedelta(seconds=10)


async def test_rows_with_slips_are_told_and_do_not_stop_the_rest(
    sqlite_database: Database, plain: Others
) -> None:
    plain.add(
        "ho_so",
        plain_row(1),
        plain_row(2, status="ngoài hành tinh"),
        plain_row(3) | {"ma": "DT01-12ABC"},
        plain_row(4),
        plain_row(5) | {"nhan_luc": dt.datetime(9999, 1, 1)},  # noqa: DTZ001 - as they write it
        plain_row(6) | {"ma": code(7)},
        plain_row(7),
        plain_row(8),
    )
    plain.add("qua_trinh", {"id": 1, "ho_so": 8, "luc": DAY, "trang_thai": "?"})
    report = await sync(sqlite_database, plain.source(plain_mapping(batch="100")), NOW)
    assert report.unread == (
        Unread(key="2", reason="no status rule fits trang_thai 'ngoài hành tinh'"),
        Unread(key="3", reason="its code has none of the national forms"),
        Unread(key="5", reason="received_at is no date that a dossier can have"),
        Unread(key="6", reason="another row has its code"),
        Unread(key="8", reason="an event: no status rule fits trang_thai '?'"),
    )
    assert (report.rows, report.dossiers, report.unread_count) == (8, 4, 5)
    assert (await _state(sqlite_database)).trouble == ""


async def test_an_unknown_status_leaves_the_last_known_one(
    sqlite_database: Database, plain: Others
) -> None:
    plain.add("ho_so", plain_row(1, status="xu ly"))
    source = plain.source(plain_mapping())
    await sync(sqlite_database, source, NOW)
    later = str(DAY + _HOUR)
    plain.execute("UPDATE ho_so SET trang_thai = 'lạ', sua_luc = :at", at=later)
    assert (await sync(sqlite_database, source, NOW + _HOUR)).unread_count == 1
    assert (await _dossier(sqlite_database, 1)).status is Status.IN_PROGRESS


async def test_a_row_that_our_database_refuses_does_not_stop_the_rest(
    database: Database, plain_mariadb: Others
) -> None:
    plain = plain_mariadb
    plain.add("ho_so", *(plain_row(number) for number in (1, 2, 3)))
    async with database.unit() as unit:
        await unit.source_states.begin("plain", NOW)
        connection = unit.source_states._connection
        if connection.dialect.name == "sqlite":
            trigger = (
                f"CREATE TRIGGER no BEFORE INSERT ON dossiers WHEN new.code = '{code(2)}' "
                "BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
            await connection.execute(text(trigger))
        else:
            await connection.execute(
                text(f"ALTER TABLE dossiers ADD CONSTRAINT no CHECK (code <> '{code(2)}')")
            )
        await unit.commit()
    report = await sync(database, plain.source(plain_mapping(batch="100")), NOW)
    assert report.unread == (Unread(key="2", reason="our database refuses it"),)
    assert (await _dossier(database, 3)).status is Status.RECEIVED
    assert (await sync(database, plain.source(plain_mapping()), NOW + _HOUR)).trouble == ""


def test_a_session_cannot_write(plain: Others, mariadb: str) -> None:
    del mariadb
    reader = SourceReader(Source(plain_mapping(), plain.engine.url))  # as somebody who may write
    with pytest.raises(DBAPIError), reader._engine.begin() as connection:
        connection.execute(text("INSERT INTO ho_so (id) VALUES (99)"))


def test_an_index_that_is_missing_is_noticed(plain: Others) -> None:
    reader = SourceReader(plain.source(plain_mapping()))
    assert reader.is_indexed() is True
    plain.execute("CREATE VIEW nhin AS SELECT * FROM ho_so")
    viewed = plain_mapping(dossiers='{ table = "nhin", key = "id" }')
    assert SourceReader(plain.source(viewed)).is_indexed() is None
    by_name = plain_mapping(cursor='{ columns = ["nhan_luc"] }')
    assert SourceReader(plain.source(by_name)).is_indexed() is False
