"""Where platforms call us: a call is checked over its raw bytes, kept, and only then acknowledged.

Whatever is wrong with a call costs next to nothing and says nothing: too large is 413 before it is
read, not genuine is 403, not kept is 503, and the platform comes again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from aiohttp import web

from bot.channels.base import Arrived
from bot.door import Door
from bot.messages import ChannelName

LARGEST_CALL = 1024 * 1024
"""Bytes of one call; updates of all platforms have a few thousand."""

KEEP_SECONDS = 1.5
"""Time to keep an update; Zalo waits for two seconds."""

READ_SECONDS = 5.0
"""Time to send a body: who dribbles holds nothing up for longer."""

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Hook:
    """One platform's calls: their path, whether one is genuine, and what it brings."""

    channel: ChannelName
    path: str
    is_genuine: Callable[[Mapping[str, str], bytes], bool]
    arrived: Callable[[bytes], Arrived | None]


def add_hooks(app: web.Application, door: Door, hooks: Sequence[Hook]) -> None:
    """Put the hooks into an application."""
    for hook in hooks:
        app.router.add_post(hook.path, _handler(door, hook))


def _handler(door: Door, hook: Hook) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        length = request.content_length
        if length is not None and length > LARGEST_CALL:
            return web.Response(status=413)
        body = await _body(request)
        if body is None:
            return web.Response(status=413)
        if not hook.is_genuine(request.headers, body):
            _log.warning("A forged call was refused.", action="forged", channel=hook.channel.value)
            return web.Response(status=403)
        update = hook.arrived(body)
        if update is None:
            return web.Response()
        try:
            async with asyncio.timeout(KEEP_SECONDS):
                await door.take_in(hook.channel, [update])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not kept: no 200
            _log.warning(
                "An update was not kept; the platform has to come again.",
                action="not_kept",
                channel=hook.channel.value,
                reason=type(error).__name__,
            )
            return web.Response(status=503)
        return web.Response()

    return handle


async def _body(request: web.Request) -> bytes | None:
    """The raw bytes, None when they are too many or too slow."""
    read = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for part in request.content.iter_chunked(65_536):
                read += part
                if len(read) > LARGEST_CALL:
                    return None
    except TimeoutError:
        return None
    return bytes(read)
