"""A pairing code opens its dossier once, for ten minutes, on SQLite and on PostgreSQL alike."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import text

from bot.demonstration import ORIGIN, SAMPLE, province
from db.engine import Database, open_database
from db.pairings import ALPHABET, LIFETIME
from db.secrets import Keyring
from tests.conftest import KEY

_NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
_OTHER = province()[1].dossier.code


@pytest.fixture(autouse=True)
async def _dossiers(database: Database) -> None:
    async with database.unit() as unit:
        await unit.dossiers.add_many(province()[:2], origin=ORIGIN)
        await unit.commit()


async def _make(database: Database, now: dt.datetime = _NOW) -> str:
    async with database.unit() as unit:
        made = await unit.pairings.make(SAMPLE.code, made_by="Hoa", now=now)
        await unit.commit()
    assert made is not None
    return made


async def _take(
    database: Database, pairing_code: str, code: str = SAMPLE.code, now: dt.datetime = _NOW
) -> bool:
    async with database.unit() as unit:
        taken = await unit.pairings.take(pairing_code, code=code, now=now)
        await unit.commit()
    return taken


async def test_a_pairing_code_is_taken_once(database: Database) -> None:
    made = await _make(database)
    assert len(made) == 8
    assert set(made) <= set(ALPHABET)
    assert [await _take(database, made) for _ in range(3)] == [True, False, False]


async def test_of_sixty_four_takers_at_once_one_wins(database: Database) -> None:
    made = await _make(database)
    taken = await asyncio.gather(*(_take(database, made) for _ in range(64)))
    assert taken.count(True) == 1


async def test_taking_without_commit_uses_nothing_up(database: Database) -> None:
    made = await _make(database)
    async with database.unit() as unit:
        assert await unit.pairings.take(made, code=SAMPLE.code, now=_NOW)
    assert await _take(database, made)


async def test_a_pairing_code_opens_no_other_dossier(database: Database) -> None:
    made = await _make(database)
    assert not await _take(database, made, _OTHER)
    assert not await _take(database, made, "H48.14-261116-9999")
    assert await _take(database, made)


@pytest.mark.parametrize("late", [LIFETIME, LIFETIME + dt.timedelta(days=1)])
async def test_a_pairing_code_ends_after_ten_minutes(
    database: Database, late: dt.timedelta
) -> None:
    made = await _make(database)
    assert dt.timedelta(minutes=10) == LIFETIME
    assert not await _take(database, made, now=_NOW + late)
    assert await _take(database, made, now=_NOW + LIFETIME - dt.timedelta(seconds=1))


async def test_a_newer_pairing_code_replaces_those_nobody_took(database: Database) -> None:
    first, second = await _make(database), await _make(database)
    assert not await _take(database, first)
    assert await _take(database, second)


async def test_of_many_made_at_once_one_is_left(database: Database) -> None:
    made = await asyncio.gather(*(_make(database) for _ in range(12)))
    taken = [await _take(database, one) for one in made]
    assert taken.count(True) == 1


async def test_no_dossier_gets_no_pairing_code(database: Database) -> None:
    async with database.unit() as unit:
        assert await unit.pairings.make("H48.14-261116-9999", made_by="Hoa", now=_NOW) is None


@pytest.mark.parametrize("wrong", ["", "00000000", "\x00", "đ" * 8, "' OR 1=1 --"])
async def test_what_is_no_pairing_code_takes_nothing(database: Database, wrong: str) -> None:
    made = await _make(database)
    assert not await _take(database, wrong)
    assert await _take(database, made)


async def test_a_pairing_code_may_be_typed_as_people_type(database: Database) -> None:
    for _ in range(5):
        made = await _make(database)
        typed = f" {made[:4]}-{made[4:]} ".lower().replace("1", "l").replace("0", "o")
        assert await _take(database, typed)


async def test_a_pairing_code_is_kept_as_a_hash_alone(database: Database) -> None:
    made = await _make(database)
    async with database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT * FROM pairing_codes"))).all()
    assert len(rows) == 1
    assert made not in repr(rows)


async def test_a_pairing_code_outlives_a_change_of_keys(database: Database, empty_url: str) -> None:
    made = await _make(database)
    turned = await open_database(empty_url, keys=Keyring([b"a newer key of the tests" * 2, KEY]))
    assert await _take(turned, made)
    await turned.close()


async def test_pairing_codes_that_ended_are_purged(database: Database) -> None:
    made = await _make(database)
    async with database.unit() as unit:
        await unit.pairings.purge(_NOW + LIFETIME)
        await unit.commit()
    assert await _take(database, made)
    async with database.unit() as unit:
        await unit.pairings.purge(_NOW + LIFETIME + dt.timedelta(seconds=1))
        await unit.commit()
    async with database.engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM pairing_codes")) == 0
