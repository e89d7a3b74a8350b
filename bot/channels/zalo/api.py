"""The thin client of Zalo's Open API: one call, and what its answer or its failing means."""

import datetime as dt
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.channels.base import Outcome, Refused, RetryAfter, Unknown
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.errors import outcome_of
from bot.channels.zalo.signature import read_object

SECONDS = 15.0
"""The longest that one call may take, a slow answer included."""

_AGAIN = dt.timedelta(seconds=10)
_NEVER_ASKED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_LONGEST_WAIT = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """Zalo's own answer; `error` 0 is success."""

    error: int
    data: object


@dataclass(frozen=True, kw_only=True, slots=True)
class NoAnswer:
    """There is no answer of Zalo's to read; `outcome` is what that means for a message."""

    outcome: Outcome


class ZaloApi:
    """Calls with the header `access_token`. Redirects are never followed: it would go with them."""

    def __init__(
        self, session: aiohttp.ClientSession, account: ZaloAccount, *, seconds: float = SECONDS
    ) -> None:
        self._session = session
        self._base = account.api_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=5)

    async def get(self, path: str, token: str) -> Answered | NoAnswer:
        """Ask for something. Never raises."""
        return await self._call("GET", path, token, {})

    async def post(self, path: str, token: str, body: Mapping[str, Any]) -> Answered | NoAnswer:
        """Hand over JSON. Never raises."""
        data = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        return await self._call("POST", path, token, {"data": data, "headers": headers})

    async def upload(self, path: str, token: str, name: str, content: bytes) -> Answered | NoAnswer:
        """Hand over a file. Never raises."""
        form = aiohttp.FormData()
        form.add_field("file", io.BytesIO(content), filename=name, content_type="text/csv")
        return await self._call("POST", path, token, {"data": form})

    async def _call(
        self, method: str, path: str, token: str, sent: Mapping[str, Any]
    ) -> Answered | NoAnswer:
        headers = {"access_token": token, **sent.get("headers", {})}
        try:
            async with self._session.request(
                method,
                self._base + path,
                data=sent.get("data"),
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                text = await response.text(errors="replace")
                return _answer(response.status, text, response.headers.get("Retry-After", ""))
        except _NEVER_ASKED as error:
            reason = f"Zalo was not reached: {type(error).__name__}"
            return NoAnswer(outcome=RetryAfter(wait=_AGAIN, reason=reason))
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            # The request may have been taken before the answer was lost.
            return NoAnswer(outcome=Unknown(reason=f"no answer of Zalo: {type(error).__name__}"))


def _answer(status: int, text: str, retry_after: str) -> Answered | NoAnswer:
    if status in {429, 503}:
        known = retry_after.isascii() and retry_after.isdigit() and len(retry_after) <= 4
        seconds = min(int(retry_after), _LONGEST_WAIT) if known else 30
        wait = dt.timedelta(seconds=max(seconds, 1))
        reason = f"HTTP {status} of Zalo"
        return NoAnswer(outcome=RetryAfter(wait=wait, halts=status == 429, reason=reason))
    read = read_object(text)
    error = read.get("error")
    if isinstance(error, int) and not isinstance(error, bool):
        return Answered(error=error, data=read.get("data"))
    if 400 <= status < 500:
        return NoAnswer(outcome=Refused(reason=f"HTTP {status} of Zalo", alarm=True))
    return NoAnswer(outcome=Unknown(reason=f"HTTP {status} of Zalo without an answer to read"))


def outcome_of_error(answer: Answered | NoAnswer, now: dt.datetime) -> Outcome:
    """What became of a message that was not accepted."""
    if isinstance(answer, NoAnswer):
        return answer.outcome
    return outcome_of(answer.error, now)
