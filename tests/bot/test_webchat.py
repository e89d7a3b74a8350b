"""The web application over a real desk: no script, fragments, the socket, strangers, big bodies."""

import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import quote

import pytest
from aiohttp import ClientResponse, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from bot.app import HEADERS, create_app
from bot.channels.webchat.render import static_version
from bot.channels.webchat.routes import FRAGMENT
from bot.channels.webchat.session import COOKIE, MESSAGES_A_MINUTE, Limiter
from bot.messages import Incoming, Reply
from db.engine import Database
from tests.bot.desk import SAMPLE, OpenDesk, open_desk

Client = TestClient[web.Request, web.Application]
HTML = {"Accept": "text/html"}
SCRIPT = {"Accept": FRAGMENT}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def desk(sqlite_database: Database) -> AsyncIterator[OpenDesk]:
    async with open_desk(sqlite_database) as opened:
        yield opened


@pytest.fixture
async def client(desk: OpenDesk) -> AsyncIterator[Client]:
    app = create_app(desk.desk, clock=lambda: desk.now)
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def _say(client: Client, text: str, **headers: str) -> ClientResponse:
    return await client.post("/chat", data={"text": text}, headers={**SCRIPT, **headers})


async def test_the_page_works_without_a_script(client: Client) -> None:
    await client.get("/")
    response = await client.post("/chat", data={"text": "khai sinh cần giấy tờ gì"}, headers=HTML)
    page = await response.text()
    assert response.status == 200
    assert response.url.path == "/"
    assert "Giấy chứng sinh" in page
    assert "khai sinh cần giấy tờ gì" in page


async def test_a_pressed_button_and_a_typed_number_are_the_same(client: Client) -> None:
    await client.get("/")
    await _say(client, "đăng ký khai sinh cần giấy tờ gì")
    typed = await (await _say(client, "2")).text()
    await client.post("/chat/forget")
    page = await (await _say(client, "đăng ký khai sinh cần giấy tờ gì")).text()
    action = page.split('name="action" value="')[2].split('"')[0]
    pressed = await client.post("/chat", data={"action": action}, headers=SCRIPT)
    assert await pressed.text() == typed


async def test_a_script_gets_the_reply_alone(client: Client) -> None:
    text = await (await _say(client, "đăng ký khai sinh")).text()
    assert text.startswith("<article")
    assert "<html" not in text


async def test_a_reload_shows_the_conversation_again(client: Client) -> None:
    await client.get("/")
    await _say(client, "đăng ký khai tử")
    assert "khai tử" in await (await client.get("/")).text()


async def test_forgetting_empties_the_page_and_changes_the_cookie(client: Client) -> None:
    await client.get("/")
    before = client.session.cookie_jar.filter_cookies(client.make_url("/"))[COOKIE].value
    await _say(client, "đăng ký khai tử")
    page = await (await client.post("/chat/forget", headers=HTML)).text()
    after = client.session.cookie_jar.filter_cookies(client.make_url("/"))[COOKIE].value
    assert "khai tử" not in page
    assert before != after


async def test_all_that_is_held_is_one_file_for_its_owner_alone(
    desk: OpenDesk, client: Client
) -> None:
    assert (await client.get("/chat/data")).status == 404
    await client.get("/")
    await _say(client, "đăng ký khai tử")
    page = await (await _say(client, "dữ liệu của tôi")).text()
    assert 'href="/chat/data" download' in page
    response = await client.get("/chat/data")
    assert response.headers["Content-Disposition"].startswith("attachment")
    held = await response.json()
    assert [one["said"] for one in held["messages"]] == ["đăng ký khai tử", "dữ liệu của tôi"]
    foreign = await client.get("/chat/data", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403


async def test_deleting_by_a_plain_form_says_so_once_and_begins_anew(client: Client) -> None:
    await client.get("/")
    before = client.session.cookie_jar.filter_cookies(client.make_url("/"))[COOKIE].value
    await _say(client, "đăng ký khai tử")
    await client.post("/chat", data={"text": "xoá dữ liệu của tôi"})
    page = await (await client.post("/chat", data={"text": "1"}, headers=HTML)).text()
    after = client.session.cookie_jar.filter_cookies(client.make_url("/"))[COOKIE].value
    assert "Đã xoá" in page
    assert "khai tử" not in page
    assert before != after
    assert "Đã xoá" not in await (await client.get("/")).text()


async def test_another_browser_sees_nothing(desk: OpenDesk, client: Client) -> None:
    await client.get("/")
    await _say(client, "đăng ký khai tử")
    other = TestClient(TestServer(create_app(desk.desk, clock=lambda: desk.now)))
    async with other:
        assert "khai tử" not in await (await other.get("/")).text()


async def test_the_cookie_is_not_for_scripts_nor_for_other_sites(client: Client) -> None:
    cookie = (await client.get("/")).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


async def test_behind_a_proxy_with_https_the_cookie_is_secure(desk: OpenDesk) -> None:
    app = create_app(desk.desk, clock=lambda: desk.now, behind_proxy=True)
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/", headers={"X-Forwarded-Proto": "https"})
        assert "Secure" in response.headers["Set-Cookie"]


async def test_the_socket_answers_in_order_and_says_that_it_works_on_it(client: Client) -> None:
    await client.get("/")
    async with client.ws_connect("/chat/socket") as socket:
        for number, text in (("1", "đăng ký khai tử"), ("2", "mất mấy ngày")):
            await socket.send_json({"id": number, "text": text})
            assert await socket.receive_json() == {"type": "typing", "id": number}
            reply = await socket.receive_json()
            assert (reply["type"], reply["id"]) == ("reply", number)
            assert "khai tử" in reply["html"]


@pytest.mark.parametrize("data", ["", "{", "[]", "{}", '{"id": 1}', json.dumps({"id": "x" * 41})])
async def test_the_socket_closes_on_what_our_page_never_sends(client: Client, data: str) -> None:
    await client.get("/")
    async with client.ws_connect("/chat/socket") as socket:
        await socket.send_str(data)
        assert (await socket.receive()).type is WSMsgType.CLOSE


@pytest.mark.parametrize(
    "action", ["<script>", "a:999", "x" * 5000, "d:H48.14-261116-0001", "\x00"]
)
async def test_a_forged_button_is_answered_and_opens_nothing(client: Client, action: str) -> None:
    response = await client.post("/chat", data={"action": action}, headers=SCRIPT)
    text = await response.text()
    assert response.status == 200
    assert "<script>" not in text
    assert "Đang xử lý" not in text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
async def test_other_sites_cannot_speak_for_a_citizen(
    client: Client, headers: dict[str, str]
) -> None:
    await client.get("/")
    assert (await _say(client, "huỷ", **headers)).status == 403
    assert (await client.post("/chat/forget", headers=headers)).status == 403
    assert (await client.get("/chat/socket", headers=headers)).status == 403


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/no-such-page", "/chat/socket"])
async def test_every_response_carries_the_headers(client: Client, path: str) -> None:
    response = await client.get(path)
    for name, value in HEADERS.items():
        assert response.headers[name] == value


async def test_static_files_are_kept_for_ever_under_their_version(client: Client) -> None:
    response = await client.get(f"/static/{static_version()}/chat.css")
    assert "immutable" in response.headers["Cache-Control"]
    assert (await client.get("/static/0/chat.css")).status == 404
    assert (await client.get(f"/static/{static_version()}/..%2frender.py")).status == 404


async def test_a_page_that_is_not_there_is_told_in_vietnamese(client: Client) -> None:
    response = await client.get("/wp-admin", headers=HTML)
    assert response.status == 404
    assert 'lang="vi"' in await response.text()
    assert "error" in await (await client.get("/wp-admin")).json()


async def test_a_megabyte_of_text_is_answered(client: Client) -> None:
    body = io.BytesIO(b"text=" + quote("đ").encode() * (1 << 19))
    response = await client.post("/chat", data=body, headers={**SCRIPT, **FORM})
    assert response.status == 200
    assert "<article" in await response.text()


async def test_more_than_a_message_may_be_is_refused_in_plain_words(client: Client) -> None:
    body = io.BytesIO(b"text=" + b"x" * (9 << 20))
    response = await client.post("/chat", data=body, headers={**HTML, **FORM})
    assert response.status == 413
    assert 'lang="vi"' in await response.text()


async def test_compressed_bodies_are_refused(client: Client) -> None:
    assert (await _say(client, "x", **{"Content-Encoding": "gzip"})).status == 415


async def test_hurried_messages_are_slowed_down_kindly(client: Client) -> None:
    await client.get("/")
    for _ in range(MESSAGES_A_MINUTE):
        await _say(client, "chào")
    assert "chờ" in (await (await _say(client, "chào")).text()).casefold()


def test_the_limiter_counts_a_sliding_minute() -> None:
    now = [0.0]
    limiter = Limiter(lambda: now[0])
    assert all(limiter.may_speak("a") for _ in range(MESSAGES_A_MINUTE))
    assert not limiter.may_speak("a")
    assert limiter.may_speak("b")
    now[0] = 60.1
    assert limiter.may_speak("a")


async def test_a_broken_desk_is_a_page_without_a_stack_trace(desk: OpenDesk) -> None:
    class Broken:
        answer: Callable[[Incoming], Awaitable[Reply]] = desk.desk.answer

        async def history(self, *_: object) -> None:
            raise RuntimeError("secret detail")

        async def is_ready(self) -> bool:
            return False

    app = create_app(Broken(), clock=lambda: desk.now)  # type: ignore[arg-type]
    async with TestClient(TestServer(app)) as client:
        await client.get("/")
        client.session.cookie_jar.update_cookies({COOKIE: "x" * 43}, client.make_url("/"))
        response = await client.get("/", headers=HTML)
        text = await response.text()
        assert response.status == 500
        assert "secret detail" not in text
        assert "Traceback" not in text
        assert (await client.get("/readyz")).status == 503
        assert (await client.get("/healthz")).status == 200


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)>',
        "{{ 7*7 }}",
        "'; DROP TABLE turns; --",
        "javascript:alert(1)",
        "\u202e gnp.exe",
        "a\x00b",
        "\ud800",
    ],
)
async def test_hostile_text_is_shown_as_text(client: Client, text: str) -> None:
    await client.get("/")
    data = text.encode("utf-8", "surrogatepass")
    body = b"text=" + b"".join(b"%%%02x" % byte for byte in data)
    response = await client.post("/chat", data=body, headers={**SCRIPT, **FORM})
    assert response.status == 200
    page = await (await client.get("/")).text()
    for tag in ("<script>alert", "<img src=x", "<svg onload", "49"):
        assert tag not in page.replace(f"/{static_version()}/", "")


async def test_a_dossier_is_proven_on_the_page(client: Client) -> None:
    await client.get("/")
    await _say(client, SAMPLE.code)
    text = await (await _say(client, SAMPLE.tail)).text()
    assert "Đang xử lý" in text
    assert SAMPLE.tail not in await (await client.get("/")).text()
