"""The played Zalo keeps the real one's rules: tokens, limits, windows, signatures, repeats."""

import datetime as dt
import hashlib
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.simulation.zalo import FakeZalo, Fault
from bot.simulation.zalo_webhook import RETRIES

NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)


class Clock:
    """Time that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


class Wire:
    """A client that knows nothing of the channel."""

    def __init__(self, session: aiohttp.ClientSession, fake: FakeZalo) -> None:
        self.session = session
        self.fake = fake
        self.access, self.refresh = fake.grants.give_pair()

    async def call(self, path: str, body: Any, access: str | None = None) -> dict[str, Any]:
        headers = {"access_token": self.access if access is None else access}
        async with self.session.post(self.fake.url + path, json=body, headers=headers) as answer:
            assert answer.status == 200
            read: dict[str, Any] = await answer.json()
            return read

    async def send(self, message: Any, to: str = "1") -> int:
        body = {"recipient": {"user_id": to}, "message": message}
        return int((await self.call("/v3.0/oa/message/cs", body))["error"])

    async def ask(self, secret: str | None = None, **form: str) -> dict[str, Any]:
        headers = {"secret_key": self.fake.app_secret if secret is None else secret}
        data = {"app_id": self.fake.app_id, **form}
        url = f"{self.fake.url}/v4/oa/access_token"
        async with self.session.post(url, data=data, headers=headers) as answer:
            assert answer.status == 200
            read: dict[str, Any] = await answer.json()
            return read

    async def renew(self, token: str) -> dict[str, Any]:
        return await self.ask(grant_type="refresh_token", refresh_token=token)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def fake(clock: Clock) -> AsyncIterator[FakeZalo]:
    played = FakeZalo(clock)
    async with played.running():
        yield played


@pytest.fixture
async def wire(fake: FakeZalo) -> AsyncIterator[Wire]:
    async with aiohttp.ClientSession() as session:
        yield Wire(session, fake)


async def test_a_refresh_token_gives_one_pair_and_is_spent(wire: Wire) -> None:
    first = await wire.renew(wire.refresh)
    assert first["expires_in"] == "90000"
    again = await wire.renew(wire.refresh)
    assert again["error_name"]
    assert "access_token" not in again
    assert wire.fake.grants.reused == [wire.refresh]
    assert "access_token" in await wire.renew(first["refresh_token"])


async def test_a_refresh_token_ends_after_three_months(wire: Wire, clock: Clock) -> None:
    clock.wait(days=90)
    assert (await wire.renew(wire.refresh))["error_name"]


async def test_an_access_token_ends_after_twenty_five_hours(wire: Wire, clock: Clock) -> None:
    await wire.fake.person("1").follow()
    assert await wire.send({"text": "a"}) == 0
    clock.wait(hours=25)
    assert await wire.send({"text": "a"}) == -220


async def test_a_code_is_good_once_for_ten_minutes_with_its_verifier(
    wire: Wire, clock: Clock
) -> None:
    def form(code: str, verifier: str) -> dict[str, str]:
        return {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}

    code = wire.fake.grants.give_code("v")
    assert "access_token" in await wire.ask(**form(code, "v"))
    assert (await wire.ask(**form(code, "v")))["error_name"]
    assert (await wire.ask(**form(wire.fake.grants.give_code("v"), "w")))["error_name"]
    late = wire.fake.grants.give_code("v")
    clock.wait(minutes=10)
    assert (await wire.ask(**form(late, "v")))["error"] == -14003


async def test_a_wrong_secret_gets_no_pair_and_spends_nothing(wire: Wire) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": wire.refresh}
    assert (await wire.ask("wrong", **form))["error_name"]
    assert "access_token" in await wire.ask(**form)


@pytest.mark.parametrize("done", [True, False])
async def test_a_lost_answer_may_have_spent_the_token(wire: Wire, done: bool) -> None:  # noqa: FBT001
    wire.fake.fail("access_token", Fault(lost=True, done=done))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await wire.renew(wire.refresh)
    assert ("access_token" in await wire.renew(wire.refresh)) is not done


async def test_a_message_needs_the_header_access_token(wire: Wire) -> None:
    await wire.fake.person("1").follow()
    body = {"recipient": {"user_id": "1"}, "message": {"text": "a"}}
    assert (await wire.call("/v3.0/oa/message/cs", body, "Bearer x"))["error"] == -216
    assert wire.fake.person("1").inbox == []
    assert wire.fake.calls[-1].headers["access_token"] == "Bearer x"


_BUTTON = {"title": "a", "type": "oa.query.show", "payload": "#a"}


def _template(**payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": payload}}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "đ" * 2000}, 0),
        ({"text": "đ" * 2001}, -210),
        ({"text": " "}, -201),
        ({}, -201),
        ("a", -201),
        ({"text": "a", "colour": "red"}, -201),
        ({"text": "a", **_template(buttons=[_BUTTON] * 5)}, 0),
        ({"text": "a", **_template(buttons=[_BUTTON] * 6)}, -201),
        ({"text": "a", **_template(buttons=[{**_BUTTON, "title": "a" * 101}])}, -201),
        ({"text": "a", **_template(buttons=[{**_BUTTON, "payload": "a" * 1001}])}, -201),
        ({"text": "a", **_template(buttons=[{**_BUTTON, "type": "oa.open.url"}])}, -201),
        (_template(template_type="request_user_info", elements=[]), -201),
        (
            _template(
                template_type="request_user_info",
                elements=[{"title": "a", "subtitle": "b", "image_url": "https://a.vn/a.png"}],
            ),
            0,
        ),
        ({"attachment": {"type": "file", "payload": {"token": "none"}}}, -100),
    ],
)
async def test_messages_have_limits(wire: Wire, message: Any, code: int) -> None:
    await wire.fake.person("1").follow()
    assert await wire.send(message) == code
    assert len(wire.fake.person("1").inbox) == (code == 0)


async def test_a_message_is_free_for_two_days_paid_for_a_week_then_refused(
    wire: Wire, clock: Clock
) -> None:
    await wire.fake.person("1").say("chào")
    assert await wire.send({"text": "a"}) == 0
    assert wire.fake.world.paid == 0
    clock.wait(hours=48)
    wire.access, _ = wire.fake.grants.give_pair()
    assert await wire.send({"text": "a"}) == 0
    assert wire.fake.world.paid == 1
    clock.wait(days=5)
    wire.access, _ = wire.fake.grants.give_pair()
    assert await wire.send({"text": "a"}) == -230


async def test_strangers_and_who_left_cannot_be_reached(wire: Wire) -> None:
    assert await wire.send({"text": "a"}) == -213
    await wire.fake.person("1").follow()
    await wire.fake.person("1").unfollow()
    assert await wire.send({"text": "a"}) == -213


async def test_a_person_may_refuse_by_a_code(wire: Wire) -> None:
    await wire.fake.person("1").follow()
    wire.fake.person("1").refuses = -227
    assert await wire.send({"text": "a"}) == -227


async def test_more_than_the_minute_s_requests_are_refused(wire: Wire, clock: Clock) -> None:
    wire.fake.world.a_minute = 2
    await wire.fake.person("1").follow()
    assert [await wire.send({"text": "a"}) for _ in range(3)] == [0, 0, -32]
    clock.wait(minutes=1)
    assert await wire.send({"text": "a"}) == 0


async def test_faults_come_in_their_order_and_once(wire: Wire) -> None:
    await wire.fake.person("1").follow()
    wire.fake.fail("message/cs", Fault(error=-144), Fault(lost=True))
    assert await wire.send({"text": "a"}) == -144
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await wire.send({"text": "b"})
    assert await wire.send({"text": "c"}) == 0
    assert wire.fake.person("1").texts == ["b", "c"]


async def test_the_quota_tells_the_last_interaction(wire: Wire) -> None:
    await wire.fake.person("1").say("chào")
    answer = await wire.call("/v3.0/oa/quota/message", {"user_id": "1"})
    assert answer["data"]["last_interaction"] == str(int(NOW.timestamp() * 1000))


async def test_the_former_ways_to_send_are_shut_down(wire: Wire) -> None:
    for path in ("/v2.0/oa/message", "/v3.0/oa/message/transaction"):
        assert (await wire.call(path, {}))["error"] == -240


@pytest.mark.parametrize(
    ("name", "size", "code"),
    [("a.csv", 10, 0), ("a.pdf", 5 * 1024**2, 0), ("a.pdf", 5 * 1024**2 + 1, -201),
     ("a.json", 10, -201), ("a.zip", 10, -201)],
)  # fmt: skip
async def test_uploads_have_kinds_and_a_size(
    wire: Wire, clock: Clock, name: str, size: int, code: int
) -> None:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(b"x" * size), filename=name)
    url, headers = f"{wire.fake.url}/v2.0/oa/upload/file", {"access_token": wire.access}
    async with wire.session.post(url, data=form, headers=headers) as response:
        answer = await response.json()
    assert answer["error"] == code
    if code:
        return
    await wire.fake.person("1").follow()
    file = {"attachment": {"type": "file", "payload": {"token": answer["data"]["token"]}}}
    assert await wire.send(file) == 0
    clock.wait(days=7)
    wire.access, _ = wire.fake.grants.give_pair()
    await wire.fake.person("1").say("a")
    assert await wire.send(file) == -100


class Receiver:
    """A webhook that answers as it is told and keeps what it got."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.got: list[tuple[bytes, dict[str, str]]] = []

    async def receive(self, request: web.Request) -> web.Response:
        self.got.append((await request.read(), dict(request.headers)))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


async def _listen(fake: FakeZalo, receiver: Receiver) -> TestServer:
    app = web.Application()
    app.router.add_post("/zalo", receiver.receive)
    server = TestServer(app)
    await server.start_server()
    fake.webhook.url = str(server.make_url("/zalo"))
    return server


async def test_an_event_is_signed_over_its_raw_bytes(fake: FakeZalo) -> None:
    receiver = Receiver()
    server = await _listen(fake, receiver)
    delivery = await fake.person("1").say("làm khai sinh cần gì")
    await server.close()
    assert delivery is not None
    assert delivery.is_taken
    ((body, headers),) = receiver.got
    event = json.loads(body)
    stamp = event["timestamp"]
    assert isinstance(stamp, str)
    whole = fake.app_id.encode() + body + stamp.encode() + fake.oa_secret.encode()
    assert headers["X-ZEvent-Signature"] == "mac=" + hashlib.sha256(whole).hexdigest()
    assert "num_retry" not in headers
    assert event["event_name"] == "user_send_text"
    assert event["sender"] == {"id": "1"}
    assert event["message"]["text"] == "làm khai sinh cần gì"


async def test_an_unanswered_event_comes_again_by_the_schedule(fake: FakeZalo) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    fake.webhook.sleep = sleep
    receiver = Receiver(500, 503, 200)
    server = await _listen(fake, receiver)
    delivery = await fake.person("1").say("a")
    assert delivery is not None
    assert delivery.statuses == (500, 503, 200)
    assert waited == [30, 300]
    assert [headers.get("num_retry") for _, headers in receiver.got] == [None, "1", "2"]
    assert len({body for body, _ in receiver.got}) == 1
    receiver.statuses = [500] * 6
    lost = await fake.person("1").say("b")
    await server.close()
    assert lost is not None
    assert not lost.is_taken
    assert waited[2:] == list(RETRIES)
    assert not fake.webhook.is_enabled
    assert await fake.person("1").say("c") is None


async def test_what_people_do_comes_in_zalo_s_shapes(fake: FakeZalo) -> None:
    receiver = Receiver()
    server = await _listen(fake, receiver)
    lan = fake.person("1")
    await lan.follow()
    await lan.sticker()
    await lan.location()
    await lan.file()
    await lan.submit_info("84900000001")
    await lan.submit_info_as_before("84900000001")
    await lan.see()
    await lan.picture(b"jpeg")
    await lan.unfollow()
    await server.close()
    events = [json.loads(body) for body, _ in receiver.got]
    assert [event["event_name"] for event in events] == [
        "follow", "user_send_sticker", "user_send_location", "user_send_file", "user_submit_info",
        "user_submit_info", "user_seen_message", "user_send_image", "unfollow",
    ]  # fmt: skip
    url = events[7]["message"]["attachments"][0]["payload"]["url"]
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert await response.read() == b"jpeg"


async def test_a_press_says_the_button_s_payload(wire: Wire) -> None:
    receiver = Receiver()
    server = await _listen(wire.fake, receiver)
    lan = wire.fake.person("1")
    await lan.follow()
    assert await wire.send({"text": "a", **_template(buttons=[{**_BUTTON, "title": "Giấy"}])}) == 0
    await lan.press("Giấy")
    with pytest.raises(LookupError):
        await lan.press("Khác")
    await server.close()
    assert json.loads(receiver.got[-1][0])["message"]["text"] == "#a"
