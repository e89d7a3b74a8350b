"""The fake Telegram itself: what it accepts, refuses, delivers, and how it breaks on demand."""

import asyncio
import datetime as dt
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.simulation.telegram import (
    HUNG_UP_AFTER,
    HUNG_UP_BEFORE,
    LOST_AFTER,
    FakeTelegram,
    broken,
    refusal,
    too_many,
)
from bot.simulation.telegram.delivery import SECRET_HEADER
from bot.simulation.telegram.entities import parse_html

NOON = dt.datetime(2026, 11, 20, 5, 0, tzinfo=dt.UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


class Client:
    """Calls methods as any program could, and gives back status and answer."""

    def __init__(self, session: aiohttp.ClientSession, fake: FakeTelegram) -> None:
        self._session = session
        self._fake = fake

    async def __call__(self, method: str, **parameters: Any) -> tuple[int, Any]:
        url = f"{self._fake.url}/bot{self._fake.token}/{method}"
        async with self._session.post(url, json=parameters) as response:
            return response.status, await response.json()

    async def ok(self, method: str, **parameters: Any) -> Any:
        status, answer = await self(method, **parameters)
        assert status == 200, answer
        return answer["result"]

    async def refused(self, method: str, **parameters: Any) -> str:
        status, answer = await self(method, **parameters)
        assert status != 200
        assert answer["error_code"] == status
        assert answer["ok"] is False
        return str(answer["description"])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def fake(clock: Clock) -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(now=clock) as started:
        yield started


@pytest.fixture
async def call(fake: FakeTelegram) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(session, fake)


async def test_the_librarys_own_bot_can_talk_to_it(fake: FakeTelegram) -> None:
    lan = fake.person("Lan")
    lan.start()
    async with Bot(
        fake.token, base_url=f"{fake.url}/bot", base_file_url=f"{fake.url}/file/bot"
    ) as bot:
        assert bot.username == "motcua_bot"
        [update] = await bot.get_updates(timeout=0)
        assert update.message is not None
        assert update.message.text == "/start"
        button = InlineKeyboardButton("Thủ tục", callback_data="abc:0")
        sent = await bot.send_message(
            lan.user.id, "<b>Chào</b>", parse_mode="HTML",
            reply_markup=InlineKeyboardMarkup([[button]]),
        )  # fmt: skip
        assert sent.text == "Chào"
        lan.press("Thủ tục")
        [_, pressed] = await bot.get_updates(timeout=0)
        assert pressed.callback_query is not None
        assert await pressed.callback_query.answer()
        assert await bot.edit_message_text("Xong", lan.user.id, sent.message_id)
        await bot.send_document(lan.user.id, b"{}", filename="a.json", caption="Tệp")
        lan.send_photo(b"picture bytes")
        photo = (await bot.get_updates(timeout=0))[-1].message
        assert photo is not None
        file = await bot.get_file(photo.photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == b"picture bytes"
        assert await bot.send_chat_action(lan.user.id, "typing")
    assert [kept.message.text for kept in lan.received] == ["Xong", None]


async def test_every_update_it_makes_is_one_for_the_library(fake: FakeTelegram) -> None:
    lan, minh = fake.person("Lan", phone="84900000001"), fake.person("Minh")
    lan.start("abc")
    lan.share(lan.user.id, lan.phone)
    lan.send_photo(b"x", "chữ")
    lan.send_document(b"x", "application/pdf")
    lan.send_sticker()
    lan.forward("tin", minh.user)
    lan.edit("sửa")
    lan.block()
    lan.unblock()
    group = fake.group()
    group.say(minh, "/help@motcua_bot", topic=7)
    group.say_anonymously("@motcua_bot ơi")
    group.throw_out(minh)
    old = fake.group(kind="group")
    old.migrate(-1005)
    kinds = []
    for update in fake.world.updates:
        read = Update.de_json(json.loads(json.dumps(update)), None)
        assert read.to_dict() == update
        kinds.append(next(name for name in update if name != "update_id"))
    assert kinds.count("my_chat_member") == 3
    assert kinds.count("edited_message") == 1


async def test_a_wrong_token_and_an_unknown_method_are_refused(
    fake: FakeTelegram, call: Client
) -> None:
    assert await call("sendNothing") == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found"},
    )
    token, fake.token = fake.token, "1:other"
    status, answer = await call("getMe")
    assert status == 200
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{fake.url}/bot{token}/getMe") as response,
    ):
        assert response.status == 401
        assert (await response.json())["description"] == "Unauthorized"
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{fake.url}/botnonsense/getMe") as response,
    ):
        assert response.status == 404
    assert answer["result"]["is_bot"] is True


async def test_parameters_that_no_documentation_knows_are_refused(
    fake: FakeTelegram, call: Client
) -> None:
    lan = fake.person()
    lan.start()
    wrong = await call.refused("sendMessage", chat_id=lan.user.id, text="a", disable_previews=True)
    assert 'no parameter "disable_previews"' in wrong
    assert "chat_id" in await call.refused("sendMessage", chat_id="lan", text="a")
    assert "required" in await call.refused("sendMessage", text="a")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<x>a</x>", 'Unsupported start tag "x" at byte offset 0'),
        ("á <b>a</i>", 'Unmatched end tag at byte offset 7, expected "</b>", found "</i>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("a < b", "Unclosed start tag at byte offset 2"),
        ('<a href="x" "y">a</a>', "Unexpected attribute"),
    ],
)
async def test_markup_that_cannot_be_parsed_is_refused(
    fake: FakeTelegram, call: Client, source: str, reason: str
) -> None:
    lan = fake.person()
    lan.start()
    refused = await call.refused("sendMessage", chat_id=lan.user.id, text=source, parse_mode="HTML")
    assert refused.startswith("Bad Request: can't parse entities: ")
    assert reason in refused


def test_entities_are_counted_in_utf_16() -> None:
    text, entities = parse_html('😀<b>é</b> <a href="https://a.b/?x=1&amp;y">&lt;c&#62;</a> &copy;')
    assert text == "😀é <c> &copy;"
    assert [(one.type, one.offset, one.length, one.url) for one in entities] == [
        ("bold", 2, 1, None),
        ("text_link", 4, 3, "https://a.b/?x=1&y"),
    ]


async def test_lengths_and_keyboards_are_checked(fake: FakeTelegram, call: Client) -> None:
    lan, group = fake.person(), fake.group()
    lan.start()

    async def refused(text: str = "a", chat: int = lan.user.id, **more: Any) -> str:
        return await call.refused("sendMessage", chat_id=chat, text=text, **more)

    def inline(**button: Any) -> dict[str, Any]:
        return {"inline_keyboard": [[{"text": "a", **button}]]}

    await call.ok("sendMessage", chat_id=lan.user.id, text="a" * 4096)
    assert await refused("a" * 4097) == "Bad Request: message is too long"
    assert await refused("😀" * 2049) == "Bad Request: message is too long"
    assert await refused(" \n") == "Bad Request: message text is empty"
    assert "BUTTON_DATA_INVALID" in await refused(reply_markup=inline(callback_data="đ" * 33))
    assert "BUTTON_DATA_INVALID" in await refused(reply_markup=inline(callback_data=""))
    assert "not allowed" in await refused(reply_markup=inline())
    assert "invalid" in await refused(reply_markup=inline(url="javascript:alert(1)"))
    assert "unknown field" in await refused(reply_markup=inline(callback_data="a", colour="red"))
    many = {"inline_keyboard": [[{"text": "a", "callback_data": "a"}]] * 101}
    assert "too long" in await refused(reply_markup=many)
    phone = {"keyboard": [[{"text": "a", "request_contact": True}]]}
    assert "private chats only" in await refused(chat=group.room.chat.id, reply_markup=phone)
    await call.ok("sendMessage", chat_id=lan.user.id, text="a", reply_markup=phone)
    assert lan.shows_phone_keyboard()


async def test_editing_is_refused_where_nothing_can_be_changed(
    fake: FakeTelegram, call: Client
) -> None:
    lan = fake.person()
    lan.start()
    chat = lan.user.id
    sent = await call.ok("sendMessage", chat_id=chat, text="a")
    keyboard = {"keyboard": [[{"text": "a"}]]}
    other = await call.ok("sendMessage", chat_id=chat, text="b", reply_markup=keyboard)

    async def refused(message: int, text: str = "c") -> str:
        return await call.refused("editMessageText", chat_id=chat, message_id=message, text=text)

    assert "message is not modified" in await refused(sent["message_id"], "a")
    assert "message to edit not found" in await refused(99)
    assert "message can't be edited" in await refused(other["message_id"])
    assert "message can't be edited" in await refused(1)  # Lan's own
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "x"}]]}
    await call.ok(
        "editMessageReplyMarkup", chat_id=chat, message_id=sent["message_id"], reply_markup=markup
    )
    assert lan.received[0].buttons[0]["callback_data"] == "x"
    await call.ok("deleteMessage", chat_id=chat, message_id=other["message_id"])
    assert not lan.shows_phone_keyboard()


async def test_who_cannot_be_reached_is_refused_with_telegrams_words(
    fake: FakeTelegram, call: Client
) -> None:
    lan, minh, hoa = fake.person("Lan"), fake.person("Minh"), fake.person("Hoa")
    group = fake.group(kind="group")
    lan.start()
    lan.block()
    hoa.start()
    hoa.deactivate()
    supergroup = group.migrate(-1009)
    supergroup.throw_out(hoa)
    for chat, words in (
        (12345, "Bad Request: chat not found"),
        (lan.user.id, "Forbidden: bot was blocked by the user"),
        (minh.user.id, "Forbidden: bot can't initiate conversation with a user"),
        (hoa.user.id, "Forbidden: user is deactivated"),
        (-1009, "Forbidden: bot was kicked from the supergroup chat"),
    ):
        assert await call.refused("sendMessage", chat_id=chat, text="a") == words
    status, answer = await call("sendMessage", chat_id=group.room.chat.id, text="a")
    assert status == 400
    assert answer["parameters"] == {"migrate_to_chat_id": -1009}
    lan.unblock()
    await call.ok("sendMessage", chat_id=lan.user.id, text="a")


async def test_a_press_can_be_answered_once_and_for_fifteen_minutes(
    fake: FakeTelegram, call: Client, clock: Clock
) -> None:
    lan = fake.person()
    lan.start()
    markup = {"inline_keyboard": [[{"text": "Bấm", "callback_data": "x"}]]}
    await call.ok("sendMessage", chat_id=lan.user.id, text="a", reply_markup=markup)
    for wait, answered in ((0, True), (16, False)):
        lan.press("Bấm")
        press = fake.world.updates[-1]["callback_query"]["id"]
        clock.now += dt.timedelta(minutes=wait)
        status, _ = await call("answerCallbackQuery", callback_query_id=press)
        assert (status == 200) is answered
        assert "too old" in await call.refused("answerCallbackQuery", callback_query_id=press)


async def test_an_offset_confirms_everything_below_it(fake: FakeTelegram, call: Client) -> None:
    lan = fake.person()
    first = lan.say("một")
    lan.say("hai")
    assert len(await call.ok("getUpdates")) == 2
    assert len(await call.ok("getUpdates")) == 2
    [second] = await call.ok("getUpdates", offset=first + 1)
    assert second["update_id"] == first + 1
    fake.world.next_update = 5  # after a quiet week numbers may begin lower
    lan.say("ba")
    assert [one["update_id"] for one in await call.ok("getUpdates")] == [first + 1, 5]
    assert await call.ok("getUpdates", offset=first + 2) == []
    assert len(await call.ok("getUpdates", limit=1)) == 0


async def test_a_long_poll_ends_when_something_arrives(fake: FakeTelegram, call: Client) -> None:
    started = time.monotonic()
    poll = asyncio.create_task(call.ok("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    fake.person().say("chào")
    [update] = await poll
    assert update["message"]["text"] == "chào"
    assert time.monotonic() - started < 5
    assert await call.ok("getUpdates", offset=update["update_id"] + 1, timeout=0) == []


async def test_only_one_may_poll_and_none_beside_a_webhook(
    fake: FakeTelegram, call: Client
) -> None:
    first = asyncio.create_task(call.refused("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(call.refused("getUpdates", timeout=20))
    assert "terminated by other getUpdates request" in await first
    await call.ok("setWebhook", url="https://motcua.example/telegram")
    await second
    assert "webhook is active" in await call.refused("getUpdates")
    await call.ok("deleteWebhook")
    assert await call.ok("getUpdates") == []


async def test_kinds_that_were_not_asked_for_are_not_queued(
    fake: FakeTelegram, call: Client
) -> None:
    await call.ok("getUpdates", allowed_updates=["message"])
    lan = fake.person()
    lan.say("chào")
    assert lan.block() == 0
    [update] = await call.ok("getUpdates")
    assert "message" in update


class Webhook:
    """A server that takes updates, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.failures: list[int] = []
        self.seen: list[tuple[str, str]] = []
        self.open = self.most_open = 0
        self.seconds = 0.0

    async def take(self, request: web.Request) -> web.Response:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        update = await request.json()
        await asyncio.sleep(self.seconds)
        self.open -= 1
        if self.failures:
            return web.Response(status=self.failures.pop(0))
        self.seen.append((request.headers.get(SECRET_HEADER, ""), update["message"]["text"]))
        return web.Response()


@pytest.fixture
async def webhook() -> AsyncIterator[tuple[Webhook, str]]:
    taker = Webhook()
    app = web.Application()
    app.router.add_post("/telegram", taker.take)
    async with TestServer(app) as server:
        yield taker, str(server.make_url("/telegram"))


async def _drained(fake: FakeTelegram) -> None:
    async with asyncio.timeout(5):
        while fake.world.updates:
            await fake.world.wait(0.05)


async def test_a_webhook_gets_the_secret_and_retries_in_order(
    fake: FakeTelegram, call: Client, webhook: tuple[Webhook, str]
) -> None:
    taker, url = webhook
    taker.failures = [503, 500]
    await call.ok("setWebhook", url=url, secret_token="bi-mat_1", allowed_updates=["message"])
    lan = fake.person()
    for text in "abcde":
        lan.say(text)
    await _drained(fake)
    assert taker.seen == [("bi-mat_1", text) for text in "abcde"]
    assert [status for _, status in fake.delivery.posted][:3] == [503, 500, 200]
    info = await call.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500"
    assert info["pending_update_count"] == 0
    assert "unallowed" in await call.refused("setWebhook", url=url, secret_token="có dấu")


async def test_a_webhook_is_posted_to_by_several_connections_at_most(
    fake: FakeTelegram, call: Client, webhook: tuple[Webhook, str]
) -> None:
    taker, url = webhook
    taker.seconds = 0.02
    await call.ok("setWebhook", url=url, max_connections=3)
    for person in [fake.person() for _ in range(8)]:
        person.say("1")
        person.say("2")
    await _drained(fake)
    assert taker.most_open == 3
    assert len(taker.seen) == 16


async def test_limits_are_enforced_and_halts_are_watched(fake: FakeTelegram, call: Client) -> None:
    fake.enforces_limits = True
    lan, minh = fake.person(), fake.person()
    lan.start()
    minh.start()
    await call.ok("sendMessage", chat_id=lan.user.id, text="a")
    await call.ok("sendMessage", chat_id=minh.user.id, text="a")
    status, answer = await call("sendMessage", chat_id=lan.user.id, text="b")
    assert status == 429
    assert 1 <= answer["parameters"]["retry_after"] <= 5
    assert fake.limits.while_halted == 0
    assert (await call("sendMessage", chat_id=minh.user.id, text="b"))[0] == 429
    assert fake.limits.while_halted == 1
    await call.ok("getMe")


async def test_faults_come_in_the_order_of_the_script(fake: FakeTelegram, call: Client) -> None:
    lan = fake.person()
    lan.start()
    fake.faults.next(refusal(403, "Forbidden: bot was blocked by the user"), method="sendMessage")
    fake.faults.next(too_many(1), method="sendMessage")
    assert "blocked" in await call.refused("sendMessage", chat_id=lan.user.id, text="a")
    status, answer = await call("sendMessage", chat_id=lan.user.id, text="a")
    assert (status, answer["parameters"]) == (429, {"retry_after": 1})
    await asyncio.sleep(1.05)
    await call.ok("sendMessage", chat_id=lan.user.id, text="a")
    assert fake.limits.while_halted == 0


@pytest.mark.parametrize(
    ("fault", "accepted"),
    [(HUNG_UP_BEFORE, 0), (HUNG_UP_AFTER, 1), (LOST_AFTER, 1)],
)
async def test_an_answer_can_be_lost_before_or_after(
    fake: FakeTelegram, fault: Any, accepted: int
) -> None:
    lan = fake.person()
    lan.start()
    fake.faults.next(fault)
    limit = aiohttp.ClientTimeout(total=0.3)
    async with aiohttp.ClientSession(timeout=limit) as session:
        url = f"{fake.url}/bot{fake.token}/sendMessage"
        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            await session.post(url, json={"chat_id": lan.user.id, "text": "a"})
    assert len(lan.received) == accepted
    assert [call.status for call in fake.calls] == [0]


async def test_a_proxy_in_front_can_break(fake: FakeTelegram) -> None:
    fake.faults.next(broken(502))
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{fake.url}/bot{fake.token}/getMe") as response,
    ):
        assert response.status == 502
        assert response.content_type == "text/html"
