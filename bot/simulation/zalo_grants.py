"""Zalo's OAuth v4 as it behaves: refresh tokens that are spent by being used."""

import datetime as dt
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

ACCESS_SECONDS = 90_000
REFRESH_LIFE = dt.timedelta(days=90)
CODE_LIFE = dt.timedelta(minutes=10)


@dataclass
class Grants:
    """All tokens ever given, and what was asked for."""

    app_id: str
    app_secret: str
    clock: Callable[[], dt.datetime]
    access_seconds: int = ACCESS_SECONDS
    ends_former_access: bool = False
    """Whether a new pair ends the access token before it at once."""

    granted: int = 0
    reused: list[str] = field(default_factory=list)
    """Spent refresh tokens that came again."""

    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _access: dict[str, dt.datetime] = field(default_factory=dict)
    _refresh: dict[str, dt.datetime] = field(default_factory=dict)
    _spent: set[str] = field(default_factory=set)
    _codes: dict[str, tuple[str, dt.datetime]] = field(default_factory=dict)

    @property
    def newest(self) -> str:
        """The access token that was given last; empty before the first."""
        return next(reversed(self._access), "")

    def give_code(self, verifier: str) -> str:
        """What the consent page hands to an administrator."""
        code = f"code-{next(self._numbers)}"
        self._codes[code] = (verifier, self.clock() + CODE_LIFE)
        return code

    def give_pair(self) -> tuple[str, str]:
        """An access and a refresh token, as the console's tool hands them out."""
        pair = self._pair()
        return str(pair["access_token"]), str(pair["refresh_token"])

    def error_of(self, access: str) -> int:
        """What the Open API says to an access token: 0 for a good one."""
        if access not in self._access:
            return -216
        return 0 if self.clock() < self._access[access] else -220

    def answer(self, form: Mapping[str, str], secret: str) -> dict[str, object]:
        """The token endpoint: a pair, or HTTP 200 with an error name."""
        if form.get("app_id") != self.app_id:
            return _error(-14002, "Invalid app id")
        if secret != self.app_secret:
            return _error(-14004, "Invalid secret key")
        match form.get("grant_type"):
            case "refresh_token":
                return self._refreshed(form.get("refresh_token", ""))
            case "authorization_code":
                return self._exchanged(form.get("code", ""), form.get("code_verifier", ""))
            case _:
                return _error(-14006, "Invalid grant type")

    def revoke(self) -> None:
        """End every token, as when an administrator takes the permission away."""
        self._access.clear()
        self._spent |= set(self._refresh)
        self._refresh.clear()

    def _refreshed(self, token: str) -> dict[str, object]:
        if token in self._spent:
            self.reused.append(token)
        until = self._refresh.pop(token, None)
        if until is None or until <= self.clock():
            return _error(-14014, "Invalid refresh token")
        self._spent.add(token)
        if self.ends_former_access:
            self._access.clear()
        return self._pair()

    def _exchanged(self, code: str, verifier: str) -> dict[str, object]:
        known, until = self._codes.pop(code, ("", self.clock()))
        if until <= self.clock():
            return _error(-14003, "Invalid authorization code")
        if known != verifier:
            return _error(-14003, "Invalid code verifier")
        return self._pair()

    def _pair(self) -> dict[str, object]:
        self.granted += 1
        number = next(self._numbers)
        access, refresh = f"access-token-{number}", f"refresh-token-{number}"
        self._access[access] = self.clock() + dt.timedelta(seconds=self.access_seconds)
        self._refresh[refresh] = self.clock() + REFRESH_LIFE
        return {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": str(self.access_seconds),
        }


def _error(code: int, name: str) -> dict[str, object]:
    return {
        "error": code,
        "error_name": name,
        "error_reason": name,
        "error_description": name,
        "ref_doc": "https://developers.zalo.me/docs/social-api/tham-khao/ma-loi",
    }
