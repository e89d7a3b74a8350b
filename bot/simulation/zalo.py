"""Zalo played on this machine: OAuth, the Open API and the webhook, with their rules and faults.

It shares no code with the channel, so that a mistake of one is not a mistake of both.
"""

import asyncio
import datetime as dt
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.simulation.zalo_grants import Grants
from bot.simulation.zalo_people import Event, Person
from bot.simulation.zalo_rules import INVALID
from bot.simulation.zalo_webhook import Delivery, Webhook
from bot.simulation.zalo_world import Answer, World, refused

LAN = "246845883529197922"
SHUT_DOWN = (-240, "This version of the API is shut down")


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request that came over the wire."""

    at: dt.datetime
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What happens to one request instead of its usual answer.

    `error`: answered with this code. `status`: answered with this HTTP status and no JSON.
    `lost`: the connection ends without an answer, after (`done`) or before the work is done.
    `seconds`: everything comes so much later.
    """

    error: int = 0
    status: int = 0
    lost: bool = False
    done: bool = True
    seconds: float = 0.0


class FakeZalo:
    """The whole platform for one app and one account. `clock` is whose time it keeps."""

    def __init__(
        self,
        clock: Callable[[], dt.datetime],
        *,
        app_id: str = "360846524940903967",
        app_secret: str = "app-secret-of-a-play",  # noqa: S107 - of a platform that is only played
        oa_id: str = "388613280878808645",
        oa_secret: str = "oa-secret-of-a-play",  # noqa: S107
    ) -> None:
        self.clock = clock
        self.app_id, self.app_secret = app_id, app_secret
        self.oa_id, self.oa_secret = oa_id, oa_secret
        self.url = ""
        self.calls: list[Call] = []
        self.grants = Grants(app_id=app_id, app_secret=app_secret, clock=clock)
        self.webhook = Webhook(app_id=app_id, oa_secret=oa_secret)
        self.world = World(clock=clock, grants=self.grants, oa_id=oa_id)
        self._faults: dict[str, deque[Fault]] = {}

    def fail(self, path_part: str, *faults: Fault) -> None:
        """Let the next requests to paths with this part meet these faults, one each."""
        self._faults.setdefault(path_part, deque()).extend(faults)

    def calls_to(self, path_part: str) -> Sequence[Call]:
        """What came over the wire to paths with this part."""
        return [call for call in self.calls if path_part in call.path]

    def person(self, person_id: str = LAN) -> Person:
        """Somebody with Zalo, the same for the same id."""
        if person_id not in self.world.people:
            self.world.people[person_id] = Person(
                id=person_id,
                oa_id=self.oa_id,
                clock=self.clock,
                tell=self.tell,
                new_id=self.world.new_id,
                host=self._host,
            )
        return self.world.people[person_id]

    async def tell(self, event: Event) -> Delivery | None:
        """Put an event into its frame, sign it and deliver it."""
        timestamp = str(int(self.clock().timestamp() * 1000))
        frame = {"app_id": self.app_id, "user_id_by_app": "552177279717587730"}
        body = json.dumps({**frame, **event, "timestamp": timestamp}, ensure_ascii=False)
        return await self.webhook.deliver(body.encode(), timestamp)

    def app(self) -> web.Application:
        """The server: every address of the platform under one root."""
        app = web.Application(client_max_size=32 * 1024 * 1024)
        world = self.world
        app.router.add_post("/v4/oa/access_token", self._grant)
        app.router.add_post("/v3.0/oa/message/cs", self._open(world.consult))
        app.router.add_post("/v3.0/oa/group/message", self._open(world.tell_group))
        app.router.add_post("/v3.0/oa/quota/message", self._open(world.quota))
        app.router.add_get("/v2.0/oa/getoa", self._open(lambda _: world.profile()))
        for path in ("/v2.0/oa/message", "/v3.0/oa/message/{kind:transaction|promotion}"):
            app.router.add_post(path, self._open(lambda _: refused(SHUT_DOWN)))
        app.router.add_post("/v2.0/oa/upload/{kind:file|image}", self._upload)
        app.router.add_get("/media/{name}", self._picture)
        app.router.add_get("/moved/{name}", _moved)
        return app

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve it; gives the root's address."""
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            self.url = f"http://{host}:{runner.addresses[0][1]}"
            yield self.url
        finally:
            await runner.cleanup()

    def _host(self, content: bytes, name: str) -> str:
        kept = f"{self.world.new_id()}-{name}"
        self.world.media[kept] = content
        return f"{self.url}/media/{kept}"

    async def _grant(self, request: web.Request) -> web.Response:
        await self._received(request)
        posted = await request.post()
        form = {key: value for key, value in posted.items() if isinstance(value, str)}
        secret = request.headers.get("secret_key", "")
        return await self._answered(request, lambda: self.grants.answer(form, secret))

    def _open(
        self, work: Callable[[dict[str, Any]], Answer]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handler(request: web.Request) -> web.Response:
            body = _object(await self._received(request))
            if body is None:
                return await self._answered(request, lambda: refused(INVALID))
            return await self._answered(request, lambda: self._gated(request, lambda: work(body)))

        return handler

    async def _upload(self, request: web.Request) -> web.Response:
        file = (await request.post()).get("file")  # a form's parts can be read only once
        content = file.file.read() if isinstance(file, web.FileField) else b""
        name = file.filename if isinstance(file, web.FileField) else ""
        self._note(request, content)
        image = request.match_info["kind"] == "image"

        def work() -> Answer:
            return self.world.upload(name, content, image=image)

        return await self._answered(request, lambda: self._gated(request, work))

    async def _picture(self, request: web.Request) -> web.Response:
        await self._received(request)
        content = self.world.media.get(request.match_info["name"])
        if content is None:
            raise web.HTTPNotFound
        return web.Response(body=content, content_type="image/jpeg")

    def _gated(self, request: web.Request, work: Callable[[], Answer]) -> Answer:
        problem = self.world.gate(request.headers.get("access_token", ""))
        return refused(problem) if problem else work()

    async def _received(self, request: web.Request) -> bytes:
        body = await request.read()
        self._note(request, body)
        return body

    def _note(self, request: web.Request, body: bytes) -> None:
        headers = {key.lower(): value for key, value in request.headers.items()}
        call = Call(
            at=self.clock(), method=request.method, path=request.path, headers=headers, body=body
        )
        self.calls.append(call)

    async def _answered(self, request: web.Request, work: Callable[[], Answer]) -> web.Response:
        """Do the work and answer, or let the next fault of this path happen."""
        fault = self._next_fault(request.path)
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.lost:
            if fault.done:
                work()
            if request.transport is not None:
                request.transport.close()
            return web.Response(status=500)
        if fault.status:
            return web.Response(status=fault.status, text="<html>busy</html>")
        answer = refused((fault.error, "as the script says")) if fault.error else work()
        limits = {
            "X-RateLimit-Limit": str(self.world.a_minute),
            "X-RateLimit-Remain": str(self.world.remaining),
        }
        return web.json_response(answer, headers=limits)

    def _next_fault(self, path: str) -> Fault:
        for part, faults in self._faults.items():
            if part in path and faults:
                return faults.popleft()
        return Fault()


async def _moved(request: web.Request) -> web.Response:
    raise web.HTTPFound(f"/media/{request.match_info['name']}")


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        read = json.loads(body or b"{}")
    except ValueError:
        return None
    return read if isinstance(read, dict) else None
