"""The web chat's routes: the page, plain posts, the web socket, and forgetting."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

from aiohttp import WSCloseCode, WSMsgType, web

from bot.channels.base import Desk, Exchange
from bot.channels.webchat.render import render_page, render_reply, static_files, static_version
from bot.channels.webchat.session import (
    Limiter,
    address_of,
    comes_from_elsewhere,
    new_session,
    remember,
    session_of,
)
from bot.messages import Action, Incoming, Language, Paragraph, Reply
from bot.wording.webchat import webchat_wording

FRAGMENT = "application/vnd.motcua.reply+html"
"""What a script asks for when it wants the reply alone."""

LARGEST_MESSAGE = 8 * 1024 * 1024
"""Bytes of one message: a megabyte of anything, however it is escaped, still gets a reply."""

_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, kw_only=True)
class Webchat:
    """The handlers, with what they need.

    `behind_proxy`: X-Forwarded-Proto may be believed. `takes_photos`: the page offers to send one.
    """

    desk: Desk
    clock: Callable[[], dt.datetime]
    limiter: Limiter
    behind_proxy: bool = False
    takes_photos: bool = False
    sockets: WeakSet[web.WebSocketResponse] = field(default_factory=WeakSet)

    def add_routes(self, app: web.Application) -> None:
        """Put the web chat at the root of an application."""
        app.router.add_get("/", self.page)
        app.router.add_post("/chat", self.post)
        app.router.add_post("/chat/forget", self.forget)
        app.router.add_get("/chat/data", self.own_data)
        app.router.add_get("/chat/socket", self.socket)
        app.router.add_get("/static/{version}/{name}", self.static)
        app.on_shutdown.append(self._close_sockets)

    async def page(self, request: web.Request) -> web.Response:
        """The page with the conversation so far."""
        session = session_of(request)
        exchanges = await self.desk.history(address_of(session), self.clock()) if session else ()
        page = render_page(exchanges, takes_photos=self.takes_photos)
        response = web.Response(text=page, content_type="text/html")
        remember(response, session or new_session(), secure=self._is_secure(request))
        return response

    async def post(self, request: web.Request) -> web.Response:
        """One message by a form or by fetch: a fragment for scripts, else back to the page."""
        refuse_strangers(request)
        session = session_of(request) or new_session()
        form = await request.post()
        return self._shown(request, session, await self._answer(session, form))

    async def speak(self, request: web.Request, session: str, incoming: Incoming) -> web.Response:
        """What came by another way than typing, answered in the session's conversation."""
        may_speak = self.limiter.may_speak(session)
        reply = await self.desk.answer(incoming) if may_speak else _busy()
        return self._shown(request, session, reply)

    def _shown(self, request: web.Request, session: str, reply: Reply) -> web.Response:
        if FRAGMENT in request.headers.get("Accept", ""):
            response = web.Response(text=render_reply(reply), content_type="text/html")
        elif reply.erases:
            last = Exchange(said="", reply=reply, at=self.clock())
            response = web.Response(text=render_page([last]), content_type="text/html")
        else:
            response = web.Response(status=303, headers={"Location": "/#latest"})
        kept = new_session() if reply.erases else session
        remember(response, kept, secure=self._is_secure(request))
        return response

    async def own_data(self, request: web.Request) -> web.Response:
        """Everything that is held about this session, as a file to keep."""
        refuse_strangers(request)
        session = session_of(request)
        if session is None:
            raise web.HTTPNotFound
        text = await self.desk.own_data(address_of(session))
        headers = {"Content-Disposition": 'attachment; filename="motcua.json"'}
        return web.Response(text=text, content_type="application/json", headers=headers)

    async def forget(self, request: web.Request) -> web.Response:
        """Delete the conversation and begin a new session."""
        refuse_strangers(request)
        session = session_of(request)
        if session:
            await self.desk.forget(address_of(session))
        response = web.Response(status=303, headers={"Location": "/"})
        remember(response, new_session(), secure=self._is_secure(request))
        return response

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """Messages and replies over one connection, in order."""
        refuse_strangers(request)
        session = session_of(request)
        if session is None:
            raise web.HTTPForbidden
        socket = web.WebSocketResponse(max_msg_size=LARGEST_MESSAGE, heartbeat=30, compress=False)
        await socket.prepare(request)
        self.sockets.add(socket)
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            sent = _read(message.data)
            if sent is None:
                await socket.close(code=WSCloseCode.UNSUPPORTED_DATA)
                break
            await socket.send_json({"type": "typing", "id": sent["id"]})
            reply = await self._answer(session, sent)
            html = render_reply(reply)
            await socket.send_json({"type": "reply", "id": sent["id"], "html": html})
        return socket

    async def static(self, request: web.Request) -> web.Response:
        """The page's files; their address changes with their content."""
        known = static_files().get(request.match_info["name"])
        if known is None or request.match_info["version"] != static_version():
            raise web.HTTPNotFound
        kind, data = known
        headers = {"Cache-Control": _FOREVER}
        return web.Response(body=data, content_type=kind, charset="utf-8", headers=headers)

    async def _answer(self, session: str, sent: Mapping[str, Any]) -> Reply:
        if not self.limiter.may_speak(session):
            return _busy()
        address, now = address_of(session), self.clock()
        action = sent.get("action")
        text = sent.get("text")
        if isinstance(action, str) and action:
            history = await self.desk.history(address, now)
            incoming = Incoming(
                address=address, at=now, action=Action(action), text=_label(history, action)
            )
        else:
            incoming = Incoming(address=address, at=now, text=text if isinstance(text, str) else "")
        return await self.desk.answer(incoming)

    def _is_secure(self, request: web.Request) -> bool:
        forwarded = request.headers.get("X-Forwarded-Proto") if self.behind_proxy else None
        return (forwarded or request.scheme) == "https"

    async def _close_sockets(self, _app: web.Application) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                for socket in list(self.sockets):
                    await socket.close(code=WSCloseCode.GOING_AWAY)


def refuse_strangers(request: web.Request) -> None:
    """Raise for what another site's page sent."""
    if comes_from_elsewhere(request):
        raise web.HTTPForbidden


def _busy() -> Reply:
    return Reply(blocks=(Paragraph(text=webchat_wording(Language.VI).busy),))


def _read(data: str) -> dict[str, Any] | None:
    """A message of the page's script, or None for anything else."""
    try:
        sent = json.loads(data)
    except ValueError:
        return None
    if not isinstance(sent, dict) or not isinstance(sent.get("id"), str) or len(sent["id"]) > 40:
        return None
    return sent


def _label(history: tuple[Exchange, ...], action: str) -> str:
    """What the pressed button said, so that the conversation reads well when it is shown again."""
    for exchange in reversed(history):
        for choice in (*exchange.reply.choices, *exchange.reply.exits):
            if choice.action == action:
                return choice.label
    return ""
