"""Who is talking: a random cookie, of which only a hash goes further; and how fast."""

import hashlib
import re
import secrets
from collections import deque
from collections.abc import Callable

from aiohttp import web

from bot.messages import Address, ChannelName

COOKIE = "motcua_chat"

MESSAGES_A_MINUTE = 30
"""What one session may send in a minute: more than anybody types."""

PHOTOS_A_MINUTE = 6
"""Photos that one session may send in a minute: each may cost what a hundred messages cost."""

_LIFE_SECONDS = 30 * 24 * 3600
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")
_WINDOW_SECONDS = 60.0
_MOST_SESSIONS = 10_000  # remembered by the limiter; the oldest are forgotten first


def session_of(request: web.Request) -> str | None:
    """The cookie of a request, or None where it has none of the right form."""
    value = request.cookies.get(COOKIE, "")
    return value if _FORM.fullmatch(value) else None


def new_session() -> str:
    """A fresh credential: 256 random bits."""
    return secrets.token_urlsafe(32)


def address_of(session: str) -> Address:
    """The address of a session: a hash, so that nobody can speak for it who reads the database."""
    return Address(
        channel=ChannelName.WEBCHAT, chat=hashlib.sha256(session.encode("ascii")).hexdigest()
    )


def remember(response: web.StreamResponse, session: str, *, secure: bool) -> None:
    """Set the cookie: not for scripts, not for other sites."""
    response.set_cookie(
        COOKIE,
        session,
        max_age=_LIFE_SECONDS,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def comes_from_elsewhere(request: web.Request) -> bool:
    """Whether a browser says that another site made this request."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and origin.split("://", 1)[-1] != request.host


class Limiter:
    """Counts messages per session in a sliding minute; `most` of them are within the limit."""

    def __init__(self, seconds: Callable[[], float], most: int = MESSAGES_A_MINUTE) -> None:
        self._seconds = seconds
        self._most = most
        self._sent: dict[str, deque[float]] = {}

    def may_speak(self, session: str) -> bool:
        """Count one message, and say whether it is within the limit."""
        now = self._seconds()
        sent = self._sent.pop(session, None) or deque()
        while sent and sent[0] <= now - _WINDOW_SECONDS:
            sent.popleft()
        self._sent[session] = sent
        if len(self._sent) > _MOST_SESSIONS:
            del self._sent[next(iter(self._sent))]
        if len(sent) >= self._most:
            return False
        sent.append(now)
        return True
