"""What inbox, outbox and the states of channels promise, on SQLite and on PostgreSQL alike."""

import asyncio
import datetime as dt

from db.engine import Database
from db.inbox import NEIGHBOURS
from db.inbox import State as Came
from db.outbox import CLAIM, Lane, State
from db.records import Kept, NewUpdate, Owed, Pace

_NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
_SECOND = dt.timedelta(seconds=1)
_FREE = Pace()


def _update(key: str, chat: str = "lan", place: int | None = None) -> NewUpdate:
    return NewUpdate(key=key, chat=chat, body=f"body {key}", place=place)


async def _add(database: Database, *updates: NewUpdate) -> None:
    async with database.unit() as unit:
        await unit.inbox.add("telegram", updates, _NOW)
        await unit.commit()


async def _first(database: Database, chat: str = "lan") -> Kept | None:
    async with database.unit() as unit:
        return await unit.inbox.first_of("telegram", chat)


async def test_the_same_update_is_kept_once(database: Database) -> None:
    await _add(database, _update("1"), _update("1"))
    await _add(database, _update("1"), _update("2"))
    async with database.unit() as unit:
        assert await unit.inbox.counts() == {Came.NEW: 2}


async def test_an_update_that_is_done_is_known_when_it_comes_again(database: Database) -> None:
    await _add(database, _update("1"))
    kept = await _first(database)
    assert kept is not None
    async with database.unit() as unit:
        assert await unit.inbox.finish(kept.id)
        assert not await unit.inbox.finish(kept.id)
        await unit.commit()
    await _add(database, _update("1"))
    assert await _first(database) is None


async def test_updates_of_a_chat_come_in_the_platform_s_order(database: Database) -> None:
    await _add(database, _update("12", place=12), _update("10", place=10), _update("11", place=11))
    seen = []
    while kept := await _first(database):
        seen.append(kept.place)
        async with database.unit() as unit:
            await unit.inbox.finish(kept.id)
            await unit.commit()
    assert seen == [10, 11, 12]


async def test_a_gap_before_an_update_is_seen(database: Database) -> None:
    places = [place for place in range(100, 100 + NEIGHBOURS + 1) if place != 120]
    await _add(database, *(_update(str(place), place=place) for place in places))
    async with database.unit() as unit:
        assert await unit.inbox.missing_before("telegram", 100 + NEIGHBOURS) == {120}
    await _add(database, _update("120", place=120))
    async with database.unit() as unit:
        assert not await unit.inbox.missing_before("telegram", 100 + NEIGHBOURS)
        assert await unit.inbox.last_arrival() == _NOW


async def test_a_failing_update_holds_up_its_own_chat_only(database: Database) -> None:
    await _add(database, _update("1"), _update("2"), _update("3", "minh"))
    kept = await _first(database)
    assert kept is not None
    async with database.unit() as unit:
        later = _NOW + dt.timedelta(seconds=5)
        assert await unit.inbox.postpone(kept.id, until=later, trouble="ValueError") == 1
        await unit.commit()
    async with database.unit() as unit:
        waiting = await unit.inbox.waiting(["telegram"], _NOW, 9)
        assert waiting == [("telegram", "lan"), ("telegram", "minh")]
        assert await unit.inbox.waiting(["zalo"], _NOW, 9) == []
    again = await _first(database)
    assert again is not None
    assert (again.id, again.not_before, again.tries) == (kept.id, later, 1)


async def test_a_parked_update_lets_its_chat_go_on_and_can_be_replayed(database: Database) -> None:
    await _add(database, _update("1"), _update("2"))
    first = await _first(database)
    assert first is not None
    async with database.unit() as unit:
        await unit.inbox.park(first.id)
        await unit.commit()
    second = await _first(database)
    assert second is not None
    assert second.id != first.id
    async with database.unit() as unit:
        assert [one.id for one in await unit.inbox.parked()] == [first.id]
        assert await unit.inbox.replay(first.id, _NOW)
        assert not await unit.inbox.replay(second.id, _NOW)
        await unit.commit()
    assert await _first(database) == first


async def _owe(database: Database, chat: str, *texts: str, lane: Lane = Lane.REPLY,
               in_group: bool = False) -> None:  # fmt: skip
    async with database.unit() as unit:
        await unit.outbox.add("telegram", chat, [{"text": text} for text in texts],
                              at=_NOW, lane=lane, in_group=in_group)  # fmt: skip
        await unit.commit()


async def _claim(
    database: Database, now: dt.datetime = _NOW, pace: Pace = _FREE, limit: int = 9
) -> list[Owed]:
    async with database.unit() as unit:
        await unit.channels.lock("telegram", "outbox")
        await unit.outbox.give_back("telegram", now)
        claimed = await unit.outbox.claim("telegram", pace, now, limit)
        if claimed:
            await unit.channels.spoke("telegram", [one.chat for one in claimed], now)
        await unit.commit()
    return claimed


async def _settle(database: Database, number: int, state: State = State.SENT) -> None:
    async with database.unit() as unit:
        await unit.outbox.settle(number, state, _NOW)
        await unit.commit()


def _texts(claimed: list[Owed]) -> list[str]:
    return [one.payload["text"] for one in claimed]


async def test_messages_of_a_chat_go_out_one_by_one_in_order(database: Database) -> None:
    await _owe(database, "lan", "a", "b")
    await _owe(database, "minh", "c")
    first = await _claim(database)
    assert _texts(first) == ["a", "c"]
    assert await _claim(database) == []
    await _settle(database, first[0].id)
    assert _texts(await _claim(database)) == ["b"]


async def test_replies_go_before_notices(database: Database) -> None:
    await _owe(database, "lan", "notice", lane=Lane.NOTICE)
    await _owe(database, "minh", "reply")
    await _owe(database, "lan", "reply to lan")
    assert _texts(await _claim(database, limit=1)) == ["reply"]
    assert _texts(await _claim(database, limit=1)) == ["reply to lan"]


async def test_a_chat_is_spoken_to_no_faster_than_the_pace(database: Database) -> None:
    pace = Pace(chat_seconds=1)
    await _owe(database, "lan", "a", "b")
    (first,) = await _claim(database, pace=pace)
    await _settle(database, first.id)
    assert await _claim(database, _NOW + _SECOND / 2, pace) == []
    assert _texts(await _claim(database, _NOW + _SECOND, pace)) == ["b"]


async def test_a_group_hears_no_more_in_a_minute_than_the_pace(database: Database) -> None:
    pace = Pace(group_a_minute=2)
    await _owe(database, "group", "a", "b", "c", in_group=True)
    for _ in range(2):
        (one,) = await _claim(database, pace=pace)
        await _settle(database, one.id)
    assert await _claim(database, _NOW + 59 * _SECOND, pace) == []
    assert _texts(await _claim(database, _NOW + 61 * _SECOND, pace)) == ["c"]


async def test_a_claim_of_whoever_died_is_owed_once_more_as_a_repeat(database: Database) -> None:
    await _owe(database, "lan", "a")
    assert not (await _claim(database))[0].is_repeat
    assert await _claim(database, _NOW + CLAIM) == []
    (again,) = await _claim(database, _NOW + CLAIM + _SECOND)
    assert again.is_repeat
    assert again.tries == 2
    assert await _claim(database, _NOW + 2 * CLAIM + 3 * _SECOND) == []
    async with database.unit() as unit:
        assert await unit.outbox.counts("telegram") == {State.UNKNOWN: 1}


async def test_what_is_given_back_waits_for_its_time_and_keeps_its_place(
    database: Database,
) -> None:
    await _owe(database, "lan", "a", "b")
    (first,) = await _claim(database)
    async with database.unit() as unit:
        await unit.outbox.owe_again(first.id, not_before=_NOW + _SECOND, reason="429")
        await unit.commit()
    assert await _claim(database) == []
    (again,) = await _claim(database, _NOW + _SECOND)
    assert _texts([again]) == ["a"]
    assert not again.is_repeat


async def test_nothing_more_is_owed_to_whoever_is_gone(database: Database) -> None:
    await _owe(database, "lan", "a", "b")
    async with database.unit() as unit:
        await unit.outbox.refuse_all("telegram", "lan", _NOW, "blocked")
        await unit.channels.gone("telegram", "lan", _NOW, "blocked")
        await unit.commit()
    assert await _claim(database) == []
    async with database.unit() as unit:
        assert await unit.channels.is_gone("telegram", "lan")
        await unit.channels.heard("telegram", "lan", _NOW)
        assert not await unit.channels.is_gone("telegram", "lan")


async def test_claims_at_the_same_time_take_nothing_twice(database: Database) -> None:
    for number in range(30):
        await _owe(database, f"chat-{number}", "a")
    claimed = await asyncio.gather(*(_claim(database, limit=7) for _ in range(8)))
    numbers = [one.id for part in claimed for one in part]
    assert len(numbers) == len(set(numbers)) == 30


async def test_a_button_is_its_chat_s_alone_and_ends(database: Database) -> None:
    async with database.unit() as unit:
        await unit.channels.keep_buttons("t" * 16, "telegram", "lan", ["d:1", "x:human"], _NOW)
        await unit.commit()
    asked = [("lan", 1, _NOW), ("minh", 1, _NOW), ("lan", 2, _NOW), ("lan", -1, _NOW),
             ("lan", 1, _NOW + _SECOND)]  # fmt: skip
    async with database.unit() as unit:
        told = [
            await unit.channels.action_of(
                "t" * 16, number, channel="telegram", chat=chat, since=since
            )
            for chat, number, since in asked
        ]
    assert told == ["x:human", None, None, None, None]


async def test_a_chat_that_moved_keeps_what_is_owed_to_it(database: Database) -> None:
    await _owe(database, "lan", "a")
    await _add(database, _update("1"))
    async with database.unit() as unit:
        await unit.outbox.rename("telegram", "lan", "lan-2")
        await unit.inbox.rename("telegram", "lan", "lan-2")
        await unit.channels.rename_chat("telegram", "lan", "lan-2")
        await unit.commit()
    assert [one.chat for one in await _claim(database)] == ["lan-2"]
    assert await _first(database, "lan-2") is not None


async def test_values_of_a_channel_are_replaced(database: Database) -> None:
    for value in ("1", "2"):
        async with database.unit() as unit:
            await unit.channels.put("telegram", "offset", value)
            await unit.commit()
    async with database.unit() as unit:
        assert await unit.channels.get("telegram", "offset") == "2"
        assert await unit.channels.get("zalo", "offset") == ""


async def test_old_updates_are_forgotten_answered_or_not(database: Database) -> None:
    await _add(database, _update("1"), _update("2", "minh"), _update("3", "hoa"))
    done, parked = await _first(database), await _first(database, "minh")
    assert done
    assert parked
    async with database.unit() as unit:
        await unit.inbox.finish(done.id)
        await unit.inbox.park(parked.id)
        await unit.inbox.add("telegram", [_update("4", "an")], _NOW + _SECOND)
        await unit.inbox.purge(_NOW + _SECOND)
        assert await unit.inbox.counts() == {Came.NEW: 1}
        await unit.commit()
    assert await _first(database, "an")


async def test_old_messages_are_forgotten_sent_or_not(database: Database) -> None:
    await _owe(database, "lan", "sent", "owed")
    (first,) = await _claim(database, _NOW)
    async with database.unit() as unit:
        await unit.outbox.settle(first.id, State.SENT, _NOW)
        await unit.outbox.add("telegram", "minh", [{"text": "new"}], at=_NOW + _SECOND)
        await unit.outbox.purge(_NOW + _SECOND)
        assert await unit.outbox.counts("telegram") == {State.OWED: 1}
        await unit.commit()
    assert [one.chat for one in await _claim(database, _NOW + _SECOND)] == ["minh"]
