"""Tokens and the keys of requests sent twice, on SQLite and on PostgreSQL alike."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import text

from db.engine import Database, open_database
from db.idempotency import (
    ABANDONED_AFTER,
    KEPT_FOR,
    Answered,
    Claim,
    KeyTaken,
    Ours,
    Underway,
)
from db.records import ApiToken, Scope, TokenId
from db.secrets import Keyring
from tests.conftest import KEY

_NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
_SECOND = dt.timedelta(seconds=1)


async def _make(database: Database, expires_at: dt.datetime | None = None) -> str:
    async with database.unit() as unit:
        token = await unit.tokens.make(
            "Kon Plông", scopes=[Scope.DOSSIERS_WRITE], now=_NOW, expires_at=expires_at
        )
        await unit.commit()
    return token


async def _find(database: Database, token: str, now: dt.datetime = _NOW) -> ApiToken | None:
    async with database.unit() as unit:
        return await unit.tokens.find(token, now)


async def test_a_token_is_found_with_its_name_and_scopes(database: Database) -> None:
    token = await _make(database)
    assert len(token) >= 50
    found = await _find(database, token)
    assert found is not None
    assert (found.name, found.scopes) == ("Kon Plông", frozenset({Scope.DOSSIERS_WRITE}))


async def test_no_two_tokens_are_equal(database: Database) -> None:
    assert len({await _make(database) for _ in range(5)}) == 5


@pytest.mark.parametrize("wrong", ["", "motcua_", "\x00", "' OR 1=1 --", "motcua_" + "A" * 43])
async def test_another_token_is_not_found(database: Database, wrong: str) -> None:
    await _make(database)
    assert await _find(database, wrong) is None


async def test_a_token_ends_when_it_expires(database: Database) -> None:
    token = await _make(database, _NOW + dt.timedelta(days=1))
    assert await _find(database, token, _NOW + dt.timedelta(days=1) - _SECOND)
    assert await _find(database, token, _NOW + dt.timedelta(days=1)) is None


async def test_a_revoked_token_opens_nothing_and_stays_on_record(database: Database) -> None:
    token, other = await _make(database), await _make(database)
    found = await _find(database, token)
    assert found is not None
    async with database.unit() as unit:
        assert await unit.tokens.revoke(found.id, _NOW)
        assert not await unit.tokens.revoke(found.id, _NOW)
        assert not await unit.tokens.revoke(TokenId(999), _NOW)
        await unit.commit()
    assert await _find(database, token) is None
    assert await _find(database, other)
    async with database.unit() as unit:
        assert [one.revoked_at for one in await unit.tokens.all()] == [_NOW, None]


async def test_a_token_is_kept_as_a_hash_alone(database: Database) -> None:
    token = await _make(database)
    async with database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT * FROM api_tokens"))).all()
    assert token.removeprefix("motcua_") not in repr(rows)


async def test_a_token_outlives_a_change_of_keys(database: Database, empty_url: str) -> None:
    token = await _make(database)
    turned = await open_database(empty_url, keys=Keyring([b"a newer key of the tests" * 2, KEY]))
    assert await _find(turned, token)
    await turned.close()


class _Sender:
    """A system that sends requests under keys."""

    def __init__(self, database: Database, token_id: TokenId) -> None:
        self._database = database
        self._id = token_id

    async def claim(self, request_hash: str = "a", now: dt.datetime = _NOW) -> Claim:
        async with self._database.unit() as unit:
            claim = await unit.idempotency.claim(self._id, "k", request_hash, now)
            await unit.commit()
        return claim

    async def answer(self, now: dt.datetime = _NOW) -> None:
        async with self._database.unit() as unit:
            await unit.idempotency.answer(self._id, "k", status=200, response="{}", now=now)
            await unit.commit()

    async def release(self) -> None:
        async with self._database.unit() as unit:
            await unit.idempotency.release(self._id, "k")
            await unit.commit()


@pytest.fixture
async def sender(database: Database) -> _Sender:
    found = await _find(database, await _make(database))
    assert found is not None
    return _Sender(database, found.id)


async def test_the_same_request_gets_the_answer_it_got_before(sender: _Sender) -> None:
    assert await sender.claim() == Ours()
    await sender.answer()
    assert await sender.claim() == Answered(status=200, response="{}")
    assert await sender.claim("b") == KeyTaken()


async def test_a_request_that_is_worked_on_is_not_worked_on_twice(sender: _Sender) -> None:
    claims = await asyncio.gather(*(sender.claim() for _ in range(16)))
    assert claims.count(Ours()) == 1
    assert claims.count(Underway()) == 15
    assert await sender.claim("b") == KeyTaken()


async def test_a_request_whose_process_died_is_worked_on_anew(sender: _Sender) -> None:
    await sender.claim()
    assert await sender.claim(now=_NOW + ABANDONED_AFTER - _SECOND) == Underway()
    assert await sender.claim(now=_NOW + ABANDONED_AFTER) == Ours()


async def test_a_released_request_is_worked_on_anew(sender: _Sender) -> None:
    await sender.claim()
    await sender.release()
    assert await sender.claim("b") == Ours()


async def test_releasing_takes_no_answer_away(sender: _Sender) -> None:
    await sender.claim()
    await sender.answer()
    await sender.release()
    assert await sender.claim() == Answered(status=200, response="{}")


async def test_an_answer_is_kept_for_two_days(sender: _Sender) -> None:
    await sender.claim()
    await sender.answer()
    late = _NOW + KEPT_FOR
    assert dt.timedelta(days=2) == KEPT_FOR
    assert await sender.claim(now=late - _SECOND) == Answered(status=200, response="{}")
    assert await sender.claim("b", now=late) == Ours()


async def test_old_answers_are_purged(sender: _Sender, database: Database) -> None:
    await sender.claim()
    await sender.answer()
    for now, left in ((_NOW + KEPT_FOR - _SECOND, 1), (_NOW + KEPT_FOR, 0)):
        async with database.unit() as unit:
            await unit.idempotency.purge(now)
            await unit.commit()
        async with database.engine.connect() as connection:
            count = await connection.scalar(text("SELECT count(*) FROM idempotency_keys"))
        assert count == left


async def test_the_same_key_of_another_sender_is_another_key(
    sender: _Sender, database: Database
) -> None:
    other = await _find(database, await _make(database))
    assert other is not None
    await sender.claim()
    assert await _Sender(database, other.id).claim("b") == Ours()
