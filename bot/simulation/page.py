"""The page on which one chats with the real desk through a played platform.

It listens on this machine only, keeps no session, and refuses what other sites' pages send.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.errors import Refusal
from bot.messages import Language
from bot.simulation.stage import Deed, Impossible, Stage
from bot.simulation.wire import Wire
from bot.wording.simulation import simulation_wording

WAIT_SECONDS = 20.0
"""How long a question for news is held open."""

LARGEST_PHOTO = 20 * 1024 * 1024
LONGEST_TEXT = 4_096

_HOST = "127.0.0.1"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_FILES = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "mark.svg": "image/svg+xml",
}
_PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}
_PLATFORMS = {"telegram": "Telegram", "zalo": "Zalo"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(kw_only=True)
class Page:
    """One stage on one page. `receipt` is the picture that the sample's button sends.

    `phone` is what the person shares at first, `tries` what is worth typing. Nothing can be done
    before `is_open`.
    """

    stage: Stage
    wire: Wire
    phone: str
    tries: Sequence[str]
    receipt: bytes = b""
    is_open: bool = False
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self, receipt: bytes) -> None:
        """Let people do things."""
        self.receipt, self.is_open = receipt, True
        self.wire.ring()

    @asynccontextmanager
    async def running(self, port: int) -> AsyncIterator[str]:
        """Listen; gives the address. Raises Refusal when the port cannot be had."""
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, _HOST, port).start()
            except OSError as error:
                raise Refusal(
                    f"The page cannot listen on {_HOST}:{port} ({os.strerror(error.errno or 0)}). "
                    "Stop the other program, or name another port with --port."
                ) from None
            yield f"http://{_HOST}:{runner.addresses[0][1]}/"
        finally:
            await runner.cleanup()

    def app(self) -> web.Application:
        """The page as an aiohttp application."""
        app = web.Application(middlewares=[_guard], client_max_size=LARGEST_PHOTO + 65_536)
        app.router.add_get("/", self._page)
        app.router.add_get("/static/{version}/{name}", _static)
        app.router.add_get("/state", self._state)
        app.router.add_post("/act", self._act)
        app.router.add_post("/photo", self._photo)
        app.router.add_get("/file", self._file)
        app.on_shutdown.append(self._let_go)
        return app

    async def _page(self, request: web.Request) -> web.Response:
        language = Language.EN if request.query.get("lang") == "en" else Language.VI
        page = _templates().get_template("page.html")
        text = page.render(
            say=simulation_wording(language),
            language=language,
            platform=_PLATFORMS[self.stage.name],
            stage=self.stage,
            phone=self.phone,
            tries=self.tries,
            version=_version(),
            words=json.dumps(asdict(simulation_wording(language)), ensure_ascii=False),
        )
        return web.Response(text=text, content_type="text/html")

    async def _state(self, request: web.Request) -> web.Response:
        """Everything that the page shows; waits for news after `seen`, tells the wire after `wire`.

        The chats are told whole each time: they are short, and the newest telling is right.
        """
        seen, wire = _number(request, "seen"), _number(request, "wire")
        if not self._closing.is_set():
            await self.wire.wait(seen, WAIT_SECONDS)
        state = {
            "seen": self.wire.news,
            "open": self.is_open,
            "chats": [asdict(chat) for chat in self.stage.chats()],
            "deeds": self.stage.deeds(),
            "menu": self.stage.menu(),
            "wire": [asdict(one) for one in self.wire.since(wire)],
        }
        return web.Response(text=json.dumps(state, default=str), content_type="application/json")

    async def _act(self, request: web.Request) -> web.Response:
        """Do what the person does: `{"do": "say" | "press" | a deed, …}`."""
        try:
            act = await request.json()
        except ValueError:
            raise web.HTTPBadRequest from None
        if not isinstance(act, dict):
            raise web.HTTPBadRequest
        return await self._done(self._acted({str(key): str(act[key]) for key in act}))

    async def _acted(self, act: Mapping[str, str]) -> None:
        chat = act.get("chat", "person")
        if chat not in {one.id for one in self.stage.chats()}:
            raise Impossible
        match act.get("do"):
            case "say":
                text = act.get("text", "").strip()
                if not 0 < len(text) <= LONGEST_TEXT:
                    raise Impossible
                await self.stage.say(chat, text)
            case "press":
                await self.stage.press(chat, act.get("bubble", ""), act.get("press", ""))
            case Deed.RECEIPT:
                await self.stage.send_photo(self.receipt)
            case deed if deed in set(Deed):
                await self.stage.do(Deed(deed), act.get("phone") or self.phone)
            case _:
                raise Impossible

    async def _photo(self, request: web.Request) -> web.Response:
        content = await request.read()
        if not content:
            raise web.HTTPBadRequest
        return await self._done(self.stage.send_photo(content))

    async def _done(self, work: Awaitable[None]) -> web.Response:
        if not self.is_open:
            raise web.HTTPServiceUnavailable
        try:
            await work
        except Impossible:
            raise web.HTTPConflict from None
        finally:
            self.wire.ring()
        return web.json_response({})

    async def _file(self, request: web.Request) -> web.Response:
        """A file of a chat: pictures to look at, anything else to keep."""
        content = self.stage.file(request.query.get("id", ""))
        if content is None:
            raise web.HTTPNotFound
        kind = next((kind for mark, kind in _PICTURES.items() if content.startswith(mark)), "")
        headers = {} if kind else {"Content-Disposition": "attachment"}
        kind = kind or "application/octet-stream"
        return web.Response(body=content, content_type=kind, headers=headers)

    async def _let_go(self, _app: web.Application) -> None:
        self._closing.set()
        self.wire.ring()


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only this machine's own page is answered: no other host's name, no other site's script."""
    if _is_stranger(request):
        response: web.StreamResponse = web.Response(status=403)
    else:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = web.Response(status=error.status)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _is_stranger(request: web.Request) -> bool:
    own = f"http://{request.host}"
    return (
        request.url.host not in {_HOST, "localhost"}
        or request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
        or request.headers.get("Origin", own) != own
    )


async def _static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name not in _FILES or request.match_info["version"] != _version():
        raise web.HTTPNotFound
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return web.Response(
        body=_contents()[name], content_type=_FILES[name], charset="utf-8", headers=headers
    )


def _number(request: web.Request, name: str) -> int:
    given = request.query.get(name, "0")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 16 else 0


@cache
def _contents() -> dict[str, bytes]:
    folder = files("bot.simulation") / "static"
    return {name: (folder / name).read_bytes() for name in _FILES}


@cache
def _version() -> str:
    """A short hash of the files, part of their address, so that they may be kept for ever."""
    return sha256(b"".join(_contents().values())).hexdigest()[:12]


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("bot.simulation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
