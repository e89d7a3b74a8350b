"""The fake Telegram: an HTTP server that speaks the Bot API for one token."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, Self

from aiohttp import web
from telegram import Chat, User

from bot.simulation.telegram.answers import ApiError
from bot.simulation.telegram.delivery import Delivery
from bot.simulation.telegram.faults import End, Fault, Faults
from bot.simulation.telegram.limits import Limits
from bot.simulation.telegram.methods import RUN
from bot.simulation.telegram.parameters import METHODS, method_named, read
from bot.simulation.telegram.people import Group, Person
from bot.simulation.telegram.world import World

TOKEN = "7000000001:AAFakeTokenOfTheSimulation_0123456789"  # noqa: S105 - opens nothing

_COUNTED = {"sendMessage", "sendDocument", "editMessageText"}
_LARGEST_UPLOAD = 50 * 1024 * 1024
_MADE_UP_FILES = "/file/bot{token}/files/{name}"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request as it went over the wire. `status` 0: it never got an answer."""

    method: str
    parameters: dict[str, Any]
    at: float
    status: int
    accepted: bool


class FakeTelegram:
    """Start it, point a bot at `url`, act as people, read what was sent.

    Strict where the real one is lenient: a parameter that no documentation knows is refused, and
    so are more than 100 entities. Lenient in one thing: a webhook may be plain http.
    """

    def __init__(  # noqa: PLR0913 - what a test may want otherwise, each with a default
        self,
        token: str = TOKEN,
        *,
        username: str = "motcua_bot",
        enforces_limits: bool = False,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        seed: int = 1,
        retry_seconds: float = 0.05,
    ) -> None:
        self.token = token
        self.enforces_limits = enforces_limits
        self.faults = Faults()
        self.calls: list[Call] = []
        random = Random(seed)  # noqa: S311 - chance that can be repeated, no secrets
        self.limits = Limits(time.monotonic, random)
        me = User(
            int(token.partition(":")[0]), "Một cửa", is_bot=True, username=username,
            can_join_groups=True, can_read_all_group_messages=False,
            supports_inline_queries=False,
        )  # fmt: skip
        self.world = World(me, now, random.randint(10**8, 2 * 10**8))
        self.delivery = Delivery(self.world, retry_seconds=retry_seconds)
        self._ids = count(500_000_001)
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()

    def person(self, name: str = "Lan", *, phone: str = "", language: str = "vi") -> Person:
        """Somebody new, with a private chat that is not open yet."""
        number = next(self._ids)
        user = User(number, name, is_bot=False, language_code=language)
        room = self.world.open_room(Chat(number, Chat.PRIVATE, first_name=name))
        room.is_open = False
        return Person(world=self.world, user=user, room=room, phone=phone)

    def group(self, title: str = "Tổ dân phố 3", *, kind: str = Chat.SUPERGROUP) -> Group:
        """A new group with the bot in it; a supergroup may have topics."""
        number = -next(self._ids) if kind == Chat.GROUP else -(10**12) - next(self._ids)
        room = self.world.open_room(Chat(number, kind, title=title))
        return Group(world=self.world, room=room)

    def sent(self, method: str = "") -> list[Call]:
        """The calls that were carried out, of one method or of those that show people something."""
        wanted = {method} if method else _COUNTED
        return [call for call in self.calls if call.accepted and call.method in wanted]

    def app(self) -> web.Application:
        """The server as an aiohttp application."""
        app = web.Application(client_max_size=_LARGEST_UPLOAD)
        app.router.add_route("*", "/bot{token}/{method}", self._method)
        app.router.add_get(_MADE_UP_FILES, self._file)
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()

    async def stop(self) -> None:
        """Stop posting and listening."""
        self._closing.set()
        await self.delivery.stop()
        if self._runner:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Where it listens."""
        if self._runner is None:
            raise RuntimeError("The fake Telegram does not listen yet; start it first.")
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_details: object) -> None:
        await self.stop()

    async def _method(self, request: web.Request) -> web.StreamResponse:
        at, parameters, method = time.monotonic(), dict[str, Any](), request.match_info["method"]
        fault: Fault | None = None
        try:
            self._check_token(request)
            method = method_named(method)
            parameters = await _given(request)
            if _speaks(method):
                self.limits.refuse_halted()
            fault = self.faults.meet(method)
            if fault is None or fault.accepts:
                result = await self._carry_out(method, read(method, parameters))
                answer, status = {"ok": True, "result": result}, 200
            else:
                answer, status = {}, fault.status
        except ApiError as error:
            answer, status, fault = error.body(), error.status, None
        accepted = status == 200
        if fault is not None:
            status = fault.status if fault.end is End.ANSWER else 0
        self.calls.append(
            Call(method=method, parameters=parameters, at=at, status=status, accepted=accepted)
        )
        if fault is not None:
            if "retry_after" in fault.parameters and _speaks(method):
                self.limits.halt(float(fault.parameters["retry_after"]))
            return await self._faulty(request, fault)
        return web.json_response(answer, status=status)

    async def _carry_out(self, method: str, given: dict[str, Any]) -> Any:
        if self.enforces_limits and method in _COUNTED and "chat_id" in given:
            self.limits.count(given["chat_id"])
        match method:
            case "getUpdates":
                return await self.delivery.get_updates(given)
            case "setWebhook":
                return await self.delivery.set_webhook(given)
            case "deleteWebhook":
                return await self.delivery.delete_webhook(given)
            case "getWebhookInfo":
                return self.delivery.info()
            case _:
                return RUN[method](self.world, given)

    async def _faulty(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.end is End.SILENCE:
            while not self._closing.is_set() and not _is_gone(request):  # noqa: ASYNC110 - aiohttp has no event for a client that left
                await asyncio.sleep(0.02)
        if fault.end is not End.ANSWER and request.transport is not None:
            request.transport.abort()
        if fault.body is not None:
            return web.Response(text=fault.body, status=fault.status, content_type="text/html")
        error = ApiError(fault.status, fault.description, fault.parameters)
        return web.json_response(error.body(), status=fault.status)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        data = self.world.files.get(request.match_info["name"])
        if request.match_info["token"] != self.token or data is None:
            return web.json_response(ApiError(404, "Not Found").body(), status=404)
        return web.Response(body=data)

    def _check_token(self, request: web.Request) -> None:
        given = request.match_info["token"]
        if ":" not in given:
            raise ApiError(404, "Not Found")
        if given != self.token:
            raise ApiError(401, "Unauthorized")


async def _given(request: web.Request) -> dict[str, Any]:
    """The parameters, however they came: address, form, upload or JSON."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise ApiError(400, "Bad Request: can't parse JSON object") from None
        return given | (body if isinstance(body, dict) else {})
    return given | dict(await request.post())


def _speaks(method: str) -> bool:
    """Whether it goes to a chat: only that is halted by a 429."""
    return "chat_id" in METHODS.get(method, {})


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
