"""The way to Telegram: python-telegram-bot's `Bot` that does not know its own token.

The token stands in every address that Telegram has, and libraries log addresses and show them in
errors and `repr`. So the bot is made with a stand-in, and the real token enters below all of them,
in the transport, when the bytes leave.
"""

import datetime as dt
import json
import logging
from collections.abc import Mapping
from typing import Any

import httpx
from telegram import Bot
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

PUBLIC_URL = "https://api.telegram.org"

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
POOL_SECONDS = 2.0
CONNECTIONS = 16
"""Requests at the same time; sending is paced anyway, at most 30 a second."""

POLL_SECONDS = 25
"""How long Telegram holds a long poll open while nothing arrives."""

_STAND_IN = "0:the-token-is-kept-elsewhere"
_SLACK_SECONDS = 10.0  # on top of a long poll, before the connection counts as dead


class TooFast(TelegramError):  # noqa: N818 - an answer, not a defect
    """429: nothing at all may be sent for `wait`."""

    def __init__(self, wait: dt.timedelta) -> None:
        super().__init__("too many requests")
        self.wait = wait


class ServerTrouble(NetworkError):  # noqa: N818 - an answer, not a defect
    """5xx: Telegram, or something in front of it, did not answer properly."""

    def __init__(self, status: int) -> None:
        super().__init__(f"server answered {status}")
        self.status = status


class Api(Bot):
    """The Bot API, its methods by name; parameters and results are plain JSON."""

    # Telegram's answers hold what people wrote; the library logs them at DEBUG.
    _LOGGER = logging.Logger("telegram.unheard", level=logging.CRITICAL + 1)  # noqa: LOG001 - below no other logger, so nobody turns it up

    async def call(self, method: str, **parameters: Any) -> Any:
        """Call a method. Raises TelegramError and its kinds, TooFast, ServerTrouble."""
        return await self._post(method, parameters)

    async def close_connections(self) -> None:
        """Give the connections back; the bot is of no use afterwards."""
        for request in self._request:
            await request.shutdown()


def open_api(
    token: str, *, url: str = PUBLIC_URL, proxy: str = "", read_seconds: float = READ_SECONDS
) -> Api:
    """A bot for the token, without a word to the network. `proxy` is never taken from outside."""
    quieten()
    usual = _Request(token, CONNECTIONS, read_seconds, proxy)
    polling = _Request(token, 1, POLL_SECONDS + _SLACK_SECONDS, proxy)
    return Api(
        _STAND_IN,
        base_url=f"{url.rstrip('/')}/bot",
        base_file_url=f"{url.rstrip('/')}/file/bot",
        request=usual,
        get_updates_request=polling,
    )


def quieten() -> None:
    """Let the libraries say no more than warnings: below, they log addresses and contents."""
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _Transport(httpx.AsyncBaseTransport):
    """Puts the real token into the address, the last thing before the bytes leave."""

    def __init__(self, token: str, inner: httpx.AsyncBaseTransport) -> None:
        self._token = token
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode("ascii").replace(_STAND_IN, self._token, 1)
        url = request.url.copy_with(raw_path=path.encode("ascii"))
        return await self._inner.handle_async_request(
            httpx.Request(
                request.method,
                url,
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Request(HTTPXRequest):
    """A bounded pool with time limits, and errors that keep what `telegram.error` drops."""

    __slots__ = ()

    def __init__(self, token: str, connections: int, read_seconds: float, proxy: str) -> None:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        inner = httpx.AsyncHTTPTransport(limits=limits, trust_env=False, proxy=proxy or None)
        super().__init__(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=read_seconds,
            write_timeout=read_seconds,
            media_write_timeout=read_seconds,
            pool_timeout=POOL_SECONDS,
            httpx_kwargs={"transport": _Transport(token, inner), "trust_env": False},
        )

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        status, payload = await super().do_request(*args, **kwargs)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise TooFast(_wait(payload))
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise ServerTrouble(status)
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer without logging it when it is none."""
        try:
            answer = json.loads(payload)
        except ValueError:
            raise TelegramError("Invalid server response") from None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer


def _wait(payload: bytes) -> dt.timedelta:
    """How long a 429 says to wait; a second where it does not say."""
    try:
        parameters: Mapping[str, Any] = json.loads(payload)["parameters"]
        return dt.timedelta(seconds=max(1, int(parameters["retry_after"])))
    except (ValueError, KeyError, TypeError, OverflowError):
        return dt.timedelta(seconds=1)
