"""Sending over a played Zalo: every code and every broken wire has its outcome."""

import datetime as dt
import json
from typing import Any

import pytest
from aiohttp.test_utils import unused_port
from structlog.testing import capture_logs

from bot.channels.base import Refused, RetryAfter, Sent, Unknown
from bot.channels.zalo.api import NoAnswer, ZaloApi
from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.errors import Bucket, errors, outcome_of, until_morning
from bot.channels.zalo.windows import Standing
from bot.simulation.zalo import LAN, Fault
from tests.bot.channels.zalo.conftest import NOW, Played

_HELLO = {"text": "Chào chị Lan"}


async def _send(played: Played, payload: Any = _HELLO, *, is_repeat: bool = False) -> Any:
    return await played.channel.send(LAN, payload, is_repeat=is_repeat)


async def test_a_message_arrives_once_and_its_id_is_told(played: Played) -> None:
    outcome = await _send(played)
    assert outcome == Sent(message=played.fake.person().inbox[0].id)
    assert played.fake.person().texts == ["Chào chị Lan"]
    (call,) = played.fake.calls_to("message/cs")
    assert call.headers["access_token"] == played.fake.grants.newest
    assert call.json == {"recipient": {"user_id": LAN}, "message": _HELLO}


async def test_a_repeat_says_so_and_is_still_within_the_limit(played: Played) -> None:
    assert await _send(played, {"text": "đ" * 1_980}, is_repeat=True)
    assert played.fake.person().texts[0].startswith("(gửi lại)\nđ")


async def test_an_account_without_tokens_keeps_its_messages(bare: Played) -> None:
    outcome = await _send(bare)
    assert isinstance(outcome, RetryAfter)
    assert outcome.halts
    assert bare.fake.calls == []


@pytest.mark.parametrize("code", [-216, -220, -124])
async def test_a_token_that_is_not_taken_is_renewed_once_and_the_message_sent(
    played: Played, code: int
) -> None:
    played.clock.wait(minutes=5)
    played.fake.fail("message/cs", Fault(error=code))
    assert isinstance(await _send(played), Sent)
    assert len(played.fake.calls_to("access_token")) == 1
    tokens = [call.headers["access_token"] for call in played.fake.calls_to("message/cs")]
    assert len(set(tokens)) == 2


async def test_a_platform_that_takes_no_token_at_all_is_not_asked_for_ever(played: Played) -> None:
    played.clock.wait(minutes=5)
    played.fake.fail("message/cs", *[Fault(error=-216)] * 20)
    for _ in range(10):
        outcome = await _send(played)
        assert isinstance(outcome, RetryAfter)
        assert outcome.halts
    assert len(played.fake.calls_to("access_token")) == 1


def test_every_documented_code_has_a_bucket() -> None:
    by_bucket: dict[Bucket, set[int]] = {}
    for code, known in errors().items():
        by_bucket.setdefault(known.bucket, set()).add(code)
    assert by_bucket == {
        Bucket.RENEW: {-216, -220, -124},
        Bucket.SLOW: {-32, -144, -211, -218},
        Bucket.UNREACHABLE: {-213, -217, -227, -230, -232, -244, -114, -118, -139, -141},
        Bucket.MORNING: {-234, -133},
        Bucket.DATA: {-201, -210, -108, -109, -1121, -1122, -100},
        Bucket.ADMIN: {
            -204, -205, -209, -212, -219, -221, -223, -224, -248, -115, -117, -131, -146, -147,
            -320, -321, -240, -242,
        },
    }  # fmt: skip


@pytest.mark.parametrize("code", sorted(errors()))
async def test_every_code_over_the_wire_has_its_outcome(played: Played, code: int) -> None:
    played.fake.fail("message/cs", Fault(error=code))
    outcome = await _send(played)
    match errors()[code].bucket:
        case Bucket.RENEW | Bucket.SLOW | Bucket.MORNING:
            assert isinstance(outcome, RetryAfter)
            assert outcome.wait > dt.timedelta(0)
        case Bucket.UNREACHABLE:
            assert isinstance(outcome, Refused)
            assert outcome.unreachable
            assert not outcome.alarm
        case Bucket.DATA:
            assert outcome == Refused(reason=f"Zalo {code}: {errors()[code].meaning}")
        case Bucket.ADMIN:
            assert isinstance(outcome, Refused)
            assert outcome.alarm
            assert not outcome.unreachable


async def test_an_unknown_code_calls_an_administrator(played: Played) -> None:
    played.fake.fail("message/cs", Fault(error=-98765))
    outcome = await _send(played)
    assert isinstance(outcome, Refused)
    assert outcome.alarm
    assert "-98765" in outcome.reason


def test_a_message_refused_at_night_waits_for_the_morning() -> None:
    night = dt.datetime(2026, 11, 20, 16, tzinfo=dt.UTC)  # 23:00 in Vietnam
    outcome = outcome_of(-234, night)
    assert isinstance(outcome, RetryAfter)
    assert night + outcome.wait == dt.datetime(2026, 11, 20, 23, 5, tzinfo=dt.UTC)
    early = dt.datetime(2026, 11, 20, 20, tzinfo=dt.UTC)  # 03:00 in Vietnam
    assert until_morning(early) == dt.timedelta(hours=3, minutes=5)


async def test_too_many_requests_halt_everything(played: Played) -> None:
    played.fake.world.a_minute = 1
    assert isinstance(await _send(played), Sent)
    outcome = await _send(played)
    assert isinstance(outcome, RetryAfter)
    assert outcome.halts
    assert outcome.wait == dt.timedelta(minutes=1)


async def test_an_answer_that_is_lost_leaves_it_unknown(played: Played) -> None:
    played.fake.fail("message/cs", Fault(lost=True))
    assert isinstance(await _send(played), Unknown)
    assert played.fake.person().texts == ["Chào chị Lan"]


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_an_error_of_the_server_leaves_it_unknown(played: Played, status: int) -> None:
    played.fake.fail("message/cs", Fault(status=status))
    assert isinstance(await _send(played), Unknown)


@pytest.mark.parametrize(("status", "halts"), [(429, True), (503, False)])
async def test_a_busy_server_is_asked_again(played: Played, status: int, *, halts: bool) -> None:
    played.fake.fail("message/cs", Fault(status=status))
    outcome = await _send(played)
    assert isinstance(outcome, RetryAfter)
    assert outcome.halts is halts


async def test_a_server_that_refuses_the_request_calls_an_administrator(played: Played) -> None:
    played.fake.fail("message/cs", Fault(status=404))
    assert await _send(played) == Refused(reason="HTTP 404 of Zalo", alarm=True)


async def test_a_server_that_is_not_reached_took_nothing(played: Played) -> None:
    account = played.account
    closed = ZaloChannel(
        type(account)(
            app_id=account.app_id,
            app_secret=account.app_secret,
            oa_id=account.oa_id,
            oa_secret=account.oa_secret,
            api_url=f"http://127.0.0.1:{unused_port()}",
        ),
        played.database,
        played.session,
        played.clock,
    )
    outcome = await closed.send(LAN, _HELLO, is_repeat=False)
    assert isinstance(outcome, RetryAfter)
    assert not outcome.halts


async def test_a_slow_answer_is_unknown_after_the_time_limit(played: Played) -> None:
    played.fake.fail("message/cs", Fault(seconds=0.5))
    api = ZaloApi(played.session, played.account, seconds=0.1)
    answer = await api.post("/v3.0/oa/message/cs", played.fake.grants.newest, {})
    assert isinstance(answer, NoAnswer)
    assert isinstance(answer.outcome, Unknown)


async def test_own_data_is_uploaded_and_arrives_as_a_file(played: Played) -> None:
    payload = {"file": {"name": "a.csv", "content": "Mục,Nội dung\r\n"}, "text": "không được"}
    assert isinstance(await _send(played, payload), Sent)
    (message,) = played.fake.person().inbox
    kept = played.fake.world.uploads[message.file_token]
    assert (kept.name, kept.content.decode()) == ("a.csv", "Mục,Nội dung\r\n")


async def test_where_zalo_takes_no_file_the_person_reads_why(played: Played) -> None:
    payload = {"file": {"name": "a.json", "content": "{}"}, "text": "Zalo chưa nhận tệp."}
    assert isinstance(await _send(played, payload), Sent)
    assert played.fake.person().texts == ["Zalo chưa nhận tệp."]


async def test_an_upload_whose_answer_was_lost_is_no_unknown_message(played: Played) -> None:
    played.fake.fail("upload", Fault(lost=True))
    payload = {"file": {"name": "a.csv", "content": "a"}, "text": "không được"}
    assert isinstance(await _send(played, payload), RetryAfter)
    assert played.fake.person().inbox == []


async def test_a_group_is_answered_in_the_group(played: Played) -> None:
    played.fake.world.groups["g1"] = []
    assert isinstance(await played.channel.send("group:g1", _HELLO, is_repeat=False), Sent)
    assert [message.text for message in played.fake.world.groups["g1"]] == ["Chào chị Lan"]


@pytest.mark.parametrize(
    ("hours", "standing"),
    [(0, Standing.FREE), (47.9, Standing.FREE), (48, Standing.PAID), (167.9, Standing.PAID),
     (168, Standing.CLOSED)],
)  # fmt: skip
async def test_the_window_is_known_before_sending(
    played: Played, hours: float, standing: Standing
) -> None:
    played.fake.person().last_interaction = NOW - dt.timedelta(hours=hours)
    window = await played.channel.window(LAN)
    assert window is not None
    assert window.standing is standing
    outcome = await _send(played)
    assert isinstance(outcome, Refused if standing is Standing.CLOSED else Sent)
    assert played.fake.world.paid == (standing is Standing.PAID)


async def test_the_window_of_a_stranger_is_not_known(played: Played) -> None:
    assert await played.channel.window("999") is None


async def test_a_database_that_is_away_loses_no_message(played: Played) -> None:
    await played.database.engine.dispose()
    async with played.database.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE channel_tokens")
    assert isinstance(await _send(played), RetryAfter)


async def test_no_log_and_no_reason_holds_a_token_a_text_or_a_phone(played: Played) -> None:
    secrets = ["access-token", "refresh-token", "Chào chị Lan", "84900000001", "-secret-of"]
    faults = [Fault(error=code) for code in errors()] + [Fault(status=500), Fault(lost=True)]
    with capture_logs() as logs:
        for fault in faults:
            played.clock.wait(hours=1)
            played.fake.fail("message/cs", fault)
            outcome = await _send(played, {"text": "Chào chị Lan 84900000001"})
            assert not any(secret in repr(outcome) for secret in secrets)
        played.fake.grants.revoke()
        played.clock.wait(hours=24)
        await _send(played)
        await played.channel.tokens.watch(played.clock())
    assert logs
    said = json.dumps(logs, default=str, ensure_ascii=False) + repr(await played.kept())
    assert not any(secret in said for secret in secrets)
    assert "-secret-of" not in repr(played.account)
