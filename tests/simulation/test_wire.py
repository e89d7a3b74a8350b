"""The tap between a played platform and the desk: passes on, shows, keeps secrets."""

import datetime as dt
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from yarl import URL

from bot.simulation.readable import readable
from bot.simulation.wire import MOST_KEPT, Tap, Wire

NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
TOKEN = "7000000001:AAFakeToken"


@pytest.fixture
def wire() -> Wire:
    return Wire(lambda: NOW, [TOKEN])


@pytest.fixture
async def echo() -> AsyncIterator[str]:
    async def handle(request: web.Request) -> web.Response:
        body = await request.read()
        headers = {"X-Got": request.headers.get("X-Given", ""), "X-Path": request.raw_path}
        return web.Response(body=body, status=418, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def test_bytes_headers_and_addresses_pass_unchanged(wire: Wire, echo: str) -> None:
    tap = Tap(wire, is_inward=True, target=echo)
    async with tap.running() as url, aiohttp.ClientSession() as session:
        body, path = b"\x00\xff{", "/a%20b/c?d=%2F&e"
        async with session.post(
            URL(url + path, encoded=True), data=body, headers={"X-Given": "1"}
        ) as answer:
            assert answer.status == 418
            assert await answer.read() == body
            assert answer.headers["X-Got"] == "1"
            assert answer.headers["X-Path"] == path
    (one,) = wire.since(0)
    assert (one.status, one.is_inward, one.at, one.sent) == (418, True, NOW, "3 bytes")


async def test_no_secret_is_shown_wherever_it_stands(wire: Wire, echo: str) -> None:
    tap = Tap(wire, is_inward=False, target=echo)
    form = aiohttp.FormData({"refresh_token": "spent", "markup": f'{{"deep": ["x{TOKEN}"]}}'})
    async with tap.running() as url, aiohttp.ClientSession() as session:
        headers = {"access_token": "A", "secret_key": "B", "Cookie": "C=D"}
        async with session.post(f"{url}/bot{TOKEN}/getMe?t={TOKEN}", data=form, headers=headers):
            pass
    (one,) = wire.since(0)
    assert one.name == "POST /bot•••/getMe?t=•••"
    assert one.sent == {"refresh_token": "•••", "markup": {"deep": ["x•••"]}}
    assert one.headers.pop("content-type")
    assert one.headers == {"access_token": "•••", "secret_key": "•••"}


async def test_nobody_there_is_no_answer(wire: Wire) -> None:
    tap = Tap(wire, is_inward=True)
    async with tap.running() as url, aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            assert answer.status == 503
        assert wire.since(0) == []
        tap.target = f"http://127.0.0.1:{unused_port()}"
        with pytest.raises(aiohttp.ClientError):
            await session.post(url)
    assert [one.status for one in wire.since(0)] == [0]


async def test_the_wire_rings_and_forgets_the_oldest(wire: Wire) -> None:
    seen = wire.news
    for _ in range(MOST_KEPT + 1):
        wire.note(at=NOW, is_inward=True, name="", status=200, milliseconds=1.0, headers={},
                  sent=None, answered=None)  # fmt: skip
    await wire.wait(seen, 60)
    assert [one.number for one in wire.since(MOST_KEPT - 1)] == [MOST_KEPT, MOST_KEPT + 1]
    assert len(wire.since(0)) == MOST_KEPT


def test_an_upload_is_shown_by_its_fields_and_its_size() -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="caption"\r\n\r\nch\xc3\xa0o\r\n'
        b'--x\r\nContent-Disposition: form-data; name="document"; filename="a.json"\r\n\r\n'
        b"{}\r\n--x--\r\n"
    )
    shown = readable("multipart/form-data; boundary=x", body)
    assert shown == {"caption": "chào", "document": "a.json, 2 bytes"}
