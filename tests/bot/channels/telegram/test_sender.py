"""Sending over a real connection to the fake: what comes of every kind of answer and silence."""

import asyncio
import datetime as dt
import socket
from typing import Any

import pytest
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.channels.base import Heard, Picture, Refused, RetryAfter, Sent, Unknown
from bot.channels.telegram.api import Api, open_api
from bot.channels.telegram.outcomes import outcome_of, safe
from bot.channels.telegram.sender import Sender
from bot.simulation.telegram import (
    HUNG_UP_AFTER,
    HUNG_UP_BEFORE,
    LOST_AFTER,
    LOST_BEFORE,
    FakeTelegram,
    Fault,
    Person,
    broken,
    refusal,
    too_many,
)

INLINE = {"inline_keyboard": [[{"text": "Bấm", "callback_data": "t:0"}]]}
HELLO = {"method": "sendMessage", "text": "<b>Chào</b>", "parse_mode": "HTML"}
PHONE = {
    **HELLO,
    "reply_markup": {
        "keyboard": [[{"text": "Chia sẻ", "request_contact": True}]],
        "one_time_keyboard": False,
    },
}


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def sender(api: Api, seconds: Seconds) -> Sender:
    return Sender(api, seconds=seconds)


@pytest.fixture
def lan(fake: FakeTelegram) -> Person:
    lan = fake.person("Lan", phone="84900000001")
    lan.start()
    return lan


async def send(sender: Sender, chat: Any, payload: Any = HELLO, *, is_repeat: bool = False) -> Any:
    return await sender.send(str(chat), payload, is_repeat=is_repeat)


async def test_a_message_arrives_and_its_id_comes_back(sender: Sender, lan: Person) -> None:
    outcome = await send(sender, lan.user.id, {**HELLO, "reply_markup": INLINE})
    assert outcome == Sent(message=str(lan.last.message.message_id))
    assert lan.last.message.text == "Chào"
    assert lan.last.buttons == INLINE["inline_keyboard"][0]


async def test_a_repeat_says_so(sender: Sender, lan: Person) -> None:
    await send(sender, lan.user.id, is_repeat=True)
    assert lan.last.message.text == "(gửi lại) Chào"
    document = {"method": "sendDocument", "content": "{}", "filename": "a.json", "caption": "Tệp"}
    await send(sender, lan.user.id, document, is_repeat=True)
    assert lan.last.message.caption == "(gửi lại) Tệp"


async def test_a_document_is_uploaded(fake: FakeTelegram, sender: Sender, lan: Person) -> None:
    payload = {"method": "sendDocument", "content": '{"a": "đ"}', "filename": "motcua.json"}
    await send(sender, lan.user.id, payload)
    document = lan.last.message.document
    assert document is not None
    assert document.file_name == "motcua.json"
    assert fake.world.files[document.file_id] == '{"a": "đ"}'.encode()


async def test_a_message_is_changed_in_place_or_sent_anew(sender: Sender, lan: Person) -> None:
    first = await send(sender, lan.user.id)
    edit = {**HELLO, "method": "editMessageText", "message_id": first.message, "text": "Hai"}
    assert await send(sender, lan.user.id, edit) == first
    assert await send(sender, lan.user.id, edit) == first  # not modified: it is there
    assert [kept.message.text for kept in lan.received] == ["Hai"]
    lan.room.messages.pop(int(first.message))
    anew = await send(sender, lan.user.id, edit)
    assert [kept.message.text for kept in lan.received] == ["Hai"]
    assert anew.message != first.message
    await send(sender, lan.user.id, PHONE)
    on_keyboard = {**edit, "message_id": str(lan.last.message.message_id), "text": "Ba"}
    await send(sender, lan.user.id, on_keyboard)
    assert lan.last.message.text == "Ba"


REFUSALS: list[tuple[int, str, dict[str, bool]]] = [
    (403, "Forbidden: bot was blocked by the user", {"unreachable": True}),
    (403, "Forbidden: user is deactivated", {"unreachable": True}),
    (403, "Forbidden: bot was kicked from the supergroup chat", {"unreachable": True}),
    (403, "Forbidden: bot can't initiate conversation with a user", {"unreachable": True}),
    (403, "Forbidden: not from this network", {"alarm": True}),
    (400, "Bad Request: chat not found", {"unreachable": True}),
    (400, "Bad Request: PEER_ID_INVALID", {"unreachable": True}),
    (400, 'Bad Request: can\'t parse entities: Unsupported start tag "lan 0900000001"', {}),
    (400, "Bad Request: BUTTON_DATA_INVALID", {}),
    (401, "Unauthorized", {"alarm": True}),
    (404, "Not Found", {"alarm": True}),
    (409, "Conflict: terminated by other getUpdates request", {"alarm": True}),
    (413, "Request Entity Too Large", {}),
]


@pytest.mark.parametrize("refused", REFUSALS)
async def test_a_refusal_is_for_good_and_says_whom_it_concerns(
    fake: FakeTelegram, sender: Sender, lan: Person, refused: tuple[int, str, dict[str, bool]]
) -> None:
    status, description, flags = refused
    fake.faults.next(refusal(status, description))
    outcome = await send(sender, lan.user.id)
    assert isinstance(outcome, Refused)
    expected = {"unreachable": False, "alarm": False, **flags}
    assert {"unreachable": outcome.unreachable, "alarm": outcome.alarm} == expected
    assert outcome.reason
    assert "0900000001" not in outcome.reason
    assert len(fake.sent()) == 0


async def test_a_group_that_moved_names_its_new_chat(fake: FakeTelegram, sender: Sender) -> None:
    group = fake.group(kind="group")
    group.migrate(-100777)
    outcome = await send(sender, group.room.chat.id)
    assert isinstance(outcome, Refused)
    assert outcome.moved_to == "-100777"


async def test_after_a_429_nothing_is_asked_until_the_halt_is_over(
    fake: FakeTelegram, sender: Sender, lan: Person, seconds: Seconds
) -> None:
    fake.faults.next(too_many(7))
    outcome = await send(sender, lan.user.id)
    assert outcome == RetryAfter(
        wait=dt.timedelta(seconds=7), halts=True, reason="429 too many requests"
    )
    seconds.now += 6
    again = await send(sender, lan.user.id)
    assert again.halts is True
    assert again.wait == dt.timedelta(seconds=1)
    await sender.hint(str(lan.user.id), Heard(text="a"))
    assert len(fake.calls) == 1
    assert fake.limits.while_halted == 0


async def test_a_429_without_a_time_halts_all_the_same(
    fake: FakeTelegram, sender: Sender, lan: Person
) -> None:
    fake.faults.next(refusal(429, "Too Many Requests"))
    assert (await send(sender, lan.user.id)).wait == dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    "fault", [LOST_BEFORE, LOST_AFTER, HUNG_UP_BEFORE, HUNG_UP_AFTER, broken(502),
              broken(504, accepts=True), refusal(500, "Internal Server Error: restart"),
              Fault(status=200, body="<html>", accepts=True)],
)  # fmt: skip
async def test_a_lost_answer_is_unknown_and_an_edit_is_tried_again(
    fake: FakeTelegram, sender: Sender, lan: Person, fault: Fault
) -> None:
    first = await send(sender, lan.user.id)
    fake.faults.next(fault, times=2)
    assert isinstance(await send(sender, lan.user.id), Unknown)
    edit = {**HELLO, "method": "editMessageText", "message_id": first.message, "text": "Hai"}
    outcome = await send(sender, lan.user.id, edit)
    assert isinstance(outcome, RetryAfter)
    assert outcome.halts is False


async def test_500_refused_connections_are_all_tried_again(lan: Person) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        api = open_api("1:x", url=f"http://127.0.0.1:{closed.getsockname()[1]}")
        sender = Sender(api)
        outcomes = [await send(sender, lan.user.id) for _ in range(500)]
        await api.close_connections()
    assert {type(one) for one in outcomes} == {RetryAfter}
    assert not any(one.halts for one in outcomes)


async def test_500_lost_answers_are_all_unknown(fake: FakeTelegram, lan: Person) -> None:
    fake.faults.next(HUNG_UP_AFTER, times=500)
    api = open_api(fake.token, url=fake.url)
    sender = Sender(api)
    outcomes = [await send(sender, lan.user.id) for _ in range(500)]
    await api.close_connections()
    assert {type(one) for one in outcomes} == {Unknown}
    assert len(lan.received) == 500


async def test_a_full_pool_was_never_sent(fake: FakeTelegram, lan: Person) -> None:
    fake.faults.next(LOST_BEFORE, times=16)
    api = open_api(fake.token, url=fake.url, read_seconds=4)
    sender = Sender(api)
    stuck = [asyncio.create_task(send(sender, lan.user.id)) for _ in range(16)]
    await asyncio.sleep(0.3)
    outcome = await send(sender, lan.user.id)
    assert isinstance(outcome, RetryAfter)
    assert "PoolTimeout" in outcome.reason
    for task in stuck:
        task.cancel()
    await asyncio.gather(*stuck, return_exceptions=True)
    await api.close_connections()


async def test_a_press_is_acknowledged_and_typing_is_shown(
    fake: FakeTelegram, sender: Sender, lan: Person
) -> None:
    await send(sender, lan.user.id, {**HELLO, "reply_markup": INLINE})
    lan.press("Bấm")
    press = fake.world.updates[-1]["callback_query"]["id"]
    await sender.hint(str(lan.user.id), Heard(press=press))
    assert fake.world.presses == {}
    assert [call.method for call in fake.calls[-2:]] == ["answerCallbackQuery", "sendChatAction"]
    await sender.hint("-5", Heard(press="no such press", in_group=True))  # refused, and no matter


async def test_the_phone_keyboard_goes_when_the_person_has_answered(
    fake: FakeTelegram, sender: Sender, lan: Person
) -> None:
    await send(sender, lan.user.id, PHONE)
    assert lan.shows_phone_keyboard()
    lan.say("204613")
    await sender.hint(str(lan.user.id), Heard(text="204613"))
    assert not lan.shows_phone_keyboard()
    assert lan.received == []
    await sender.hint(str(lan.user.id), Heard(text="204613"))
    assert len(fake.sent("deleteMessage")) == 1


async def test_a_hint_survives_whatever_happens(
    fake: FakeTelegram, sender: Sender, lan: Person
) -> None:
    for fault in (HUNG_UP_BEFORE, LOST_BEFORE, refusal(401, "Unauthorized"), broken(502)):
        fake.faults.next(fault)
        await sender.hint(str(lan.user.id), Heard(text="a"))


async def test_a_picture_is_fetched(fake: FakeTelegram, sender: Sender, lan: Person) -> None:
    lan.send_photo(b"picture")
    reference = fake.world.updates[-1]["message"]["photo"][-1]["file_id"]
    assert await sender.fetch(Picture(reference=reference)) == b"picture"
    assert await sender.fetch(Picture(reference="unknown")) is None
    fake.world.files[reference] = b"x" * (20 * 1024 * 1024 + 1)
    assert await sender.fetch(Picture(reference=reference)) is None


async def test_a_payload_that_is_none_is_refused(sender: Sender, lan: Person) -> None:
    assert isinstance(await send(sender, lan.user.id, {}), Refused)
    assert isinstance(await send(sender, lan.user.id, {"method": "sendDocument"}), Refused)


def test_reasons_are_fixed_words() -> None:
    assert safe('Bad Request: can\'t parse entities: Unsupported "Lan"') == "can't parse entities"
    assert safe("Bad Request: 0900000001") == "refused without a reason"
    assert isinstance(outcome_of(BadRequest("x")), Refused)
    assert isinstance(outcome_of(TelegramError("Invalid server response")), Unknown)
    assert isinstance(outcome_of(NetworkError("Request entity too large")), Refused)
