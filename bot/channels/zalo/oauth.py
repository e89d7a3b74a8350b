"""Asking Zalo for a pair of tokens, and telling apart what an answer means for the old one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.signature import read_object

SECONDS = 20.0
"""The longest that one answer is waited for; a lease must last longer."""

_LIFE = 25 * 3600  # of an access token, where the answer does not say
_REFRESH_LIFE = dt.timedelta(days=90)
_PATH = "/v4/oa/access_token"
_NEVER_ASKED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Granted:
    """A new pair: what was asked with is spent."""

    access: str
    refresh: str
    life: dt.timedelta
    refresh_life: dt.timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Declined:
    """Zalo said no (with HTTP 200 and an error name, as a rule)."""

    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """Zalo may have given a pair that did not arrive."""

    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreached:
    """The question never left: nothing is spent."""

    why: str


Answer = Granted | Declined | Lost | Unreached


class Renewer(Protocol):
    """What gives a new pair for a refresh token. Never raises."""

    async def refresh(self, token: str) -> Answer: ...


class ZaloOAuth:
    """OAuth v4 of Zalo. Reasons hold Zalo's names for errors, never a token or a secret."""

    def __init__(self, session: aiohttp.ClientSession, account: ZaloAccount) -> None:
        self._session = session
        self._account = account

    async def refresh(self, token: str) -> Answer:
        """Spend a refresh token for the next pair."""
        return await self._ask({"grant_type": "refresh_token", "refresh_token": token})

    async def exchange(self, code: str, verifier: str) -> Answer:
        """Spend an authorisation code (ten minutes old at most) for the first pair."""
        form = {"grant_type": "authorization_code", "code": code}
        return await self._ask({**form, "code_verifier": verifier} if verifier else form)

    async def _ask(self, form: Mapping[str, str]) -> Answer:
        try:
            async with self._session.post(
                self._account.oauth_url + _PATH,
                data={"app_id": self._account.app_id, **form},
                headers={"secret_key": self._account.app_secret.get_secret_value()},
                timeout=aiohttp.ClientTimeout(total=SECONDS, sock_connect=5),
                allow_redirects=False,
            ) as response:
                return answer_in(response.status, await response.text(errors="replace"))
        except _NEVER_ASKED as error:
            return Unreached(why=type(error).__name__)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            return Lost(why=type(error).__name__)


def answer_in(status: int, text: str) -> Answer:
    """What an answer of the token endpoint says.

    Only a pair counts as success. A pair without its refresh token would end the chain silently,
    so it counts as lost. A server's own error (5xx) leaves open what it did before.
    """
    read = read_object(text)
    access, refresh = read.get("access_token"), read.get("refresh_token")
    if status == 200 and _is_token(access) and _is_token(refresh):
        return Granted(
            access=str(access),
            refresh=str(refresh),
            life=dt.timedelta(seconds=_seconds(read.get("expires_in"), _LIFE)),
            refresh_life=dt.timedelta(
                seconds=_seconds(
                    read.get("refresh_token_expires_in"), int(_REFRESH_LIFE.total_seconds())
                )
            ),
        )
    named = _named(read)
    if named and status < 500:
        return Declined(why=named)
    if 400 <= status < 500:
        return Declined(why=f"HTTP {status}")
    return Lost(why=f"HTTP {status} without a pair")


def _named(read: Mapping[str, Any]) -> str:
    parts = [str(read[key])[:80] for key in ("error", "error_name") if key in read]
    return " ".join(parts) if read.get("error_name") or read.get("error") else ""


def _is_token(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _seconds(value: object, otherwise: int) -> int:
    """Zalo writes seconds as a text; anything unusable is the documented life."""
    digits = str(value)
    fits = digits.isascii() and digits.isdigit() and len(digits) <= 9
    return int(digits) or otherwise if fits else otherwise
