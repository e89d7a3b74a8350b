"""What went over the wire between a played platform and the desk, tapped in between.

A tap stands between the two and passes everything on unchanged. So what is shown is what went
through, and neither side knows of it.
"""

import asyncio
import datetime as dt
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from multidict import CIMultiDictProxy
from yarl import URL

from bot.simulation.readable import Starred, readable

MOST_KEPT = 300
"""Exchanges that are remembered; the oldest are forgotten first."""

_LARGEST = 64 * 1024 * 1024
_LONGEST = aiohttp.ClientTimeout(total=90)  # a long poll is held open for less
_OF_ONE_HOP = frozenset(
    {"host", "connection", "keep-alive", "transfer-encoding", "content-length", "accept-encoding",
     "content-encoding", "date", "server", "expect"}
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """A request and its answer, secrets starred. `status` 0: there was no answer.

    `is_inward`: it brought the desk something from the platform. `at`: when it was over.
    """

    number: int
    at: dt.datetime
    is_inward: bool
    name: str
    status: int
    milliseconds: float
    headers: dict[str, str]
    sent: Any
    answered: Any


class Wire:
    """The exchanges so far, and a bell for everybody who waits for news."""

    def __init__(self, clock: Callable[[], dt.datetime], secrets: Sequence[str]) -> None:
        self.clock = clock
        self.starred = Starred(secrets)
        self.news = 1
        self._kept: deque[Exchange] = deque(maxlen=MOST_KEPT)
        self._number = 0
        self._stirred = asyncio.Event()

    def note(self, **details: Any) -> None:
        """Keep an exchange and ring."""
        self._number += 1
        self._kept.append(Exchange(number=self._number, **details))
        self.ring()

    def since(self, number: int) -> Sequence[Exchange]:
        """The exchanges after this one, oldest first."""
        return [one for one in self._kept if one.number > number]

    def ring(self) -> None:
        """Say that something changed."""
        self.news += 1
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def wait(self, seen: int, seconds: float) -> None:
        """Wait until there is news after `seen`, at most so long."""
        if self.news == seen:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stirred.wait()


class Tap:
    """One direction. `target` is where requests go; until it is set they get 503."""

    def __init__(self, wire: Wire, *, is_inward: bool, target: str = "") -> None:
        self.target = target
        self._wire = wire
        self._is_inward = is_inward

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Listen on a free port of this machine; gives the address."""
        async with aiohttp.ClientSession(timeout=_LONGEST, cookie_jar=aiohttp.DummyCookieJar()) as (
            session
        ):

            async def handle(request: web.Request) -> web.Response:
                return await self._pass_on(session, request)

            app = web.Application(client_max_size=_LARGEST)
            app.router.add_route("*", "/{path:.*}", handle)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                yield f"http://127.0.0.1:{runner.addresses[0][1]}"
            finally:
                await runner.cleanup()

    async def _pass_on(self, session: aiohttp.ClientSession, request: web.Request) -> web.Response:
        if not self.target:
            return web.Response(status=503)
        body, started = await request.read(), time.perf_counter()
        status, answer, headers = 0, b"", CIMultiDictProxy[str](request.headers.copy())
        with suppress(aiohttp.ClientError, TimeoutError):
            async with session.request(
                request.method,
                URL(self.target + request.raw_path, encoded=True),
                data=body,
                headers=_passed(request.headers),
                allow_redirects=False,
            ) as response:
                answer, headers = await response.read(), response.headers
                status = response.status
        sent = readable(request.headers.get("Content-Type", ""), body)
        answered = readable(headers.get("Content-Type", ""), answer)
        if not _is_idle_poll(request.path, status, answered):
            starred = self._wire.starred
            self._wire.note(
                at=self._wire.clock(),
                is_inward=self._is_inward or _is_poll(request.path),
                name=starred.text(f"{request.method} {request.path_qs}"),
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
                headers=starred.headers(dict(request.headers)),
                sent=starred.value(sent),
                answered=starred.value(answered),
            )
        if not status and request.transport is not None:
            request.transport.abort()  # nobody answered, and so do we not
        return web.Response(body=answer, status=status or 502, headers=_passed(headers))


def _passed(headers: CIMultiDictProxy[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers.items() if name.lower() not in _OF_ONE_HOP]


def _is_poll(path: str) -> bool:
    """Telegram's long poll: the desk asks, but what it gets comes in."""
    return path.endswith("/getUpdates")


def _is_idle_poll(path: str, status: int, answered: Any) -> bool:
    """A poll that brought nothing: there is one every few seconds."""
    is_empty = isinstance(answered, dict) and answered.get("result") == []
    return _is_poll(path) and status == 200 and is_empty
