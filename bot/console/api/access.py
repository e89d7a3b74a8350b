"""Who may do what through the API: bearer tokens, their scopes, and how often."""

import datetime as dt
import math
import re
from collections import deque
from collections.abc import Callable

from bot.console.api.problems import Refused
from db.engine import Database
from db.records import ApiToken, Scope, TokenId

REQUESTS_A_MINUTE = 300
"""Of one token: with 500 dossiers each, more than a province moves in a day."""

_WINDOW_SECONDS = 60.0
_BEARER = re.compile(r"Bearer ([\x21-\x7e]{1,200})", re.IGNORECASE)


class RateLimit:
    """Counts requests per token in a sliding minute. `seconds` is a clock that never goes back."""

    def __init__(self, seconds: Callable[[], float], most: int = REQUESTS_A_MINUTE) -> None:
        self._seconds = seconds
        self._most = most
        self._sent: dict[TokenId, deque[float]] = {}

    def wait(self, token_id: TokenId) -> int:
        """Count a request and return 0, or the whole seconds to wait before the next one."""
        now = self._seconds()
        sent = self._sent.setdefault(token_id, deque())
        while sent and sent[0] <= now - _WINDOW_SECONDS:
            sent.popleft()
        if len(sent) >= self._most:
            return max(1, math.ceil(sent[0] + _WINDOW_SECONDS - now))
        sent.append(now)
        return 0


async def admit(
    authorization: str,
    scope: Scope,
    *,
    database: Database,
    limit: RateLimit,
    now: dt.datetime,
) -> ApiToken:
    """The token that this header holds, if it may do this now. Raises Refused.

    No header, no token, an unknown, a revoked and an expired one get the same 401; only a good
    token learns that a scope is missing.
    """
    found = _BEARER.fullmatch(authorization)
    async with database.unit() as unit:
        token = await unit.tokens.find(found[1] if found else "", now)
    if token is None:
        raise Refused(401, headers={"WWW-Authenticate": 'Bearer realm="motcua"'})
    seconds = limit.wait(token.id)
    if seconds:
        raise Refused(429, headers={"Retry-After": str(seconds)})
    if scope not in token.scopes:
        raise Refused(403, f"The token has not the scope {scope.value}.")
    return token
