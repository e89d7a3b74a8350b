"""Renewing the tokens: early, once, kept before use, and through every way of failing."""

import asyncio
import datetime as dt

import pytest
from structlog.testing import capture_logs

from bot.channels.base import Sent
from bot.channels.zalo.oauth import SECONDS, Answer, Declined, Granted, Lost, Unreached, answer_in
from bot.channels.zalo.renewal import EARLY, LEASE, warnings_of
from bot.channels.zalo.tokens import Tokens
from bot.simulation.zalo import LAN, Fault
from db.channel_tokens import Trouble
from tests.bot.channels.zalo.conftest import Played


async def _token(played: Played) -> str:
    access = await played.channel.tokens.current(played.clock())
    return access.token if access else ""


async def _send(played: Played) -> bool:
    return isinstance(await played.channel.send(LAN, {"text": "a"}, is_repeat=False), Sent)


def _asked(played: Played) -> int:
    return len(played.fake.calls_to("access_token"))


def test_a_lease_outlasts_the_longest_answer() -> None:
    assert dt.timedelta(seconds=SECONDS) < LEASE


async def test_a_token_is_used_for_twenty_hours_and_then_renewed_once(played: Played) -> None:
    first = await _token(played)
    played.clock.wait(hours=19.99)
    assert await _token(played) == first
    assert _asked(played) == 0
    played.clock.wait(hours=0.02)
    second = await _token(played)
    assert second not in {"", first}
    assert [await _token(played) for _ in range(3)] == [second] * 3
    assert _asked(played) == 1
    assert EARLY * 25 == 20


async def test_a_new_pair_is_kept_before_it_is_used(played: Played) -> None:
    played.clock.wait(hours=21)
    token = await _token(played)
    kept = await played.kept()
    assert kept.pair.access == token
    assert kept.pair.access_until == played.clock() + dt.timedelta(hours=25)
    assert kept.pair.refresh_until == played.clock() + dt.timedelta(days=90)


async def test_the_former_pair_is_kept_until_the_new_one_has_worked(played: Played) -> None:
    first = await _token(played)
    played.clock.wait(hours=21)
    await _token(played)
    assert (await played.kept()).former_access == first
    assert await _send(played)
    kept = await played.kept()
    assert kept.former_access == ""
    assert kept.worked_at == played.clock()


async def test_a_new_pair_that_does_not_work_leaves_the_former_in_use(played: Played) -> None:
    first = await _token(played)
    played.clock.wait(hours=21)
    bad = await _token(played)
    del played.fake.grants._access[bad]
    played.fake.fail("access_token", Fault(error=-14014))
    assert await _send(played)
    assert played.fake.calls_to("message/cs")[-1].headers["access_token"] == first


async def test_many_at_once_in_many_processes_ask_once(played: Played) -> None:
    others = [played.another() for _ in range(8)]
    played.clock.wait(hours=21)
    now = played.clock()
    await asyncio.gather(*(one.tokens.current(now) for one in others * 10))
    assert _asked(played) == 1
    played.clock.wait(seconds=2)
    tokens = [await one.tokens.current(played.clock()) for one in others]
    assert {one.token for one in tokens if one} == {played.fake.grants.newest}


async def test_who_finds_the_token_ended_waits_for_the_one_who_asks(played: Played) -> None:
    played.fake.fail("access_token", Fault(seconds=0.5))
    played.clock.wait(hours=26)
    now = played.clock()
    got = await asyncio.gather(*(played.another().tokens.current(now) for _ in range(4)))
    assert {one.token for one in got if one} == {played.fake.grants.newest}
    assert len(got) == 4
    assert _asked(played) == 1


async def test_http_200_with_an_error_name_replaces_nothing(played: Played) -> None:
    first = await _token(played)
    played.clock.wait(hours=21)
    played.fake.fail("access_token", Fault(error=-14004))
    with capture_logs() as logs:
        assert await _token(played) == first
    kept = await played.kept()
    assert (kept.pair.access, kept.trouble) == (first, Trouble.REFUSED)
    assert [log["log_level"] for log in logs] == ["error"]
    assert await _send(played)
    played.clock.wait(minutes=59)
    await _token(played)
    assert _asked(played) == 1
    played.clock.wait(minutes=2)
    assert await _token(played) == played.fake.grants.newest != first
    assert (await played.kept()).trouble is Trouble.NONE


async def test_a_lost_answer_raises_the_alarm_at_once_and_sending_goes_on(played: Played) -> None:
    first = await _token(played)
    played.clock.wait(hours=20)
    played.fake.fail("access_token", Fault(lost=True))
    with capture_logs() as logs:
        assert await _token(played) == first
    assert [(log["log_level"], log["trouble"]) for log in logs] == [("error", "lost")]
    assert await _send(played)
    played.clock.wait(seconds=30)
    await _token(played)
    assert _asked(played) == 1
    played.clock.wait(seconds=31)
    with capture_logs() as logs:
        assert await _token(played) == first
    assert [log["trouble"] for log in logs if "trouble" in log] == ["spent"]
    played.clock.wait(hours=4)
    assert await _send(played)
    assert _asked(played) == 2
    assert len(played.fake.grants.reused) == 1
    played.clock.wait(hours=1)
    assert not await _send(played)
    assert _asked(played) == 2
    assert len(warnings_of(await played.kept(), played.clock())) == 2


async def test_who_looked_just_before_the_loss_does_not_ask_as_well(played: Played) -> None:
    other = played.another().tokens
    played.clock.wait(hours=20)
    await other._look(played.clock())
    played.fake.fail("access_token", Fault(lost=True))
    await _token(played)
    await other.current(played.clock())
    assert _asked(played) == 1
    assert played.fake.grants.reused == []


async def test_an_answer_lost_before_the_work_was_done_mends_itself(played: Played) -> None:
    first = await _token(played)
    played.clock.wait(hours=20)
    played.fake.fail("access_token", Fault(lost=True, done=False))
    assert await _token(played) == first
    played.clock.wait(seconds=61)
    assert await _token(played) == played.fake.grants.newest != first
    assert played.fake.grants.reused == []


async def test_a_process_that_dies_while_asking_is_noticed_after_its_lease(played: Played) -> None:
    first = await _token(played)
    played.clock.wait(hours=20)
    async with played.database.unit() as unit:
        now = played.clock()
        assert await unit.channel_tokens.lease("zalo", 1, by="dead", now=now, until=now + LEASE)
        await unit.commit()
    played.clock.wait(seconds=39)
    assert await _token(played) == first
    played.clock.wait(seconds=2)
    with capture_logs() as logs:
        assert await _token(played) == first
    assert [(log["log_level"], log["trouble"]) for log in logs] == [("error", "lost")]
    assert _asked(played) == 0
    played.clock.wait(seconds=61)
    assert await _token(played) == played.fake.grants.newest


async def test_an_answer_survives_the_one_who_waited_for_it(played: Played) -> None:
    played.fake.fail("access_token", Fault(seconds=0.3))
    played.clock.wait(hours=21)
    sending = asyncio.create_task(_token(played))
    await asyncio.sleep(0.1)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await played.channel.close()
    assert (await played.kept()).pair.access == played.fake.grants.newest


async def test_a_pair_that_comes_late_is_kept_all_the_same(played: Played) -> None:
    """Another process took the first one for dead; the pair it brings is still the only good."""
    now = played.clock()
    async with played.database.unit() as unit:
        await unit.channel_tokens.lease("zalo", 1, by="slow", now=now, until=now + LEASE)
        await unit.commit()
    played.clock.wait(hours=20)
    await _token(played)
    assert (await played.kept()).trouble is Trouble.LOST
    granted = Granted(
        access="a", refresh="r", life=dt.timedelta(hours=25), refresh_life=dt.timedelta(days=90)
    )
    tokens = Tokens(played.database, _Answers(granted))
    played.clock.wait(minutes=2)
    access = await tokens.current(played.clock())
    assert access is not None
    assert access.token == "a"
    assert (await played.kept()).trouble is Trouble.NONE


class _Answers:
    """A renewer with one answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    async def refresh(self, token: str) -> Answer:
        return self.answer


async def test_a_new_pair_waits_for_a_database_that_is_away(played: Played) -> None:
    played.fake.fail("access_token", Fault(seconds=0.3))
    played.clock.wait(hours=21)
    asking = asyncio.create_task(_token(played))
    await asyncio.sleep(0.15)
    engine = played.database.engine
    async with engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE channel_tokens RENAME TO away")
    await asyncio.sleep(0.6)
    assert not asking.done()
    async with engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO channel_tokens")
    assert await asking == played.fake.grants.newest
    assert (await played.kept()).pair.access == played.fake.grants.newest


async def test_zalo_that_is_not_reached_is_asked_again_soon(played: Played) -> None:
    played.clock.wait(hours=21)
    tokens = Tokens(played.database, _Answers(Unreached(why="ClientConnectorError")))
    with capture_logs() as logs:
        assert await tokens.current(played.clock()) is not None
    assert [log["log_level"] for log in logs] == ["warning"]
    assert (await played.kept()).trouble is Trouble.UNREACHED
    played.clock.wait(seconds=61)
    assert await _token(played) == played.fake.grants.newest


async def test_a_week_before_the_refresh_token_ends_it_is_told_each_hour(played: Played) -> None:
    played.fake.fail("access_token", *[Fault(error=-14004)] * 100)
    played.clock.wait(days=82)
    said = warnings_of(await played.kept(), played.clock())
    assert not any("18/02/2027" in one for one in said)
    played.clock.wait(days=2)
    with capture_logs() as logs:
        for _ in range(4):
            played.clock.wait(minutes=20)
            await played.channel.tokens.watch(played.clock())
    told = [log for log in logs if "18/02/2027" in str(log["event"])]
    assert len(told) == 2


async def test_tokens_are_kept_encrypted(played: Played) -> None:
    played.clock.wait(hours=21)
    await _token(played)
    async with played.database.engine.connect() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM channel_tokens")).all()
    assert "token-" not in repr(rows)


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (200, '{"access_token":"a","refresh_token":"b","expires_in":"90000"}', Granted),
        (200, '{"access_token":"a","refresh_token":"b","expires_in":"soon"}', Granted),
        (200, '{"error_name":"Invalid refresh token","error":-14014}', Declined),
        (400, "", Declined),
        (200, '{"access_token":"a"}', Lost),
        (200, '{"access_token":"","refresh_token":""}', Lost),
        (200, "", Lost),
        (200, "<html>", Lost),
        (500, '{"error":-1,"error_name":"x"}', Lost),
        (502, "<html>", Lost),
        (302, "", Lost),
    ],
)
def test_only_a_whole_pair_is_an_answer_to_use(status: int, text: str, kind: type) -> None:
    answer = answer_in(status, text)
    assert isinstance(answer, kind)
    if isinstance(answer, Granted):
        assert answer.life == dt.timedelta(hours=25)


async def test_the_secret_goes_in_a_header_and_the_rest_in_a_form(played: Played) -> None:
    played.clock.wait(hours=21)
    await _token(played)
    (call,) = played.fake.calls_to("access_token")
    assert call.headers["secret_key"] == played.fake.app_secret
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"
    assert b"grant_type=refresh_token" in call.body
    assert played.fake.app_secret.encode() not in call.body
