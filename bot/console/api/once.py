"""A request with an Idempotency-Key: worked on once, answered the same however often it is sent."""

import datetime as dt
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

from aiohttp import web

from bot.console.api.problems import Refused
from db.engine import Database
from db.idempotency import Answered, KeyTaken, Ours, Underway
from db.records import TokenId

HEADER = "Idempotency-Key"

_FORM = re.compile(r"[\x21-\x7e]{1,80}")
_RETRY_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Once:
    """Answers to requests with a key, kept in the database for two days."""

    database: Database
    clock: Callable[[], dt.datetime]

    async def answer(
        self,
        request: web.Request,
        token_id: TokenId,
        body: bytes,
        work: Callable[[], Awaitable[str]],
    ) -> str:
        """The answer of `work`, or the one that the same request got before. Raises Refused."""
        key = request.headers.get(HEADER)
        if key is None:
            return await work()
        if not _FORM.fullmatch(key):
            raise Refused(
                400,
                f"The header {HEADER} is not usable.",
                advice="Send 1 to 80 printable ASCII characters without blanks, such as a UUID.",
            )
        asked = f"{request.method}\n{request.path}\n".encode("utf-8", "surrogatepass") + body
        async with self.database.unit() as unit:
            claim = await unit.idempotency.claim(
                token_id, key, sha256(asked).hexdigest(), self.clock()
            )
            await unit.commit()
        match claim:
            case Answered():
                return claim.response
            case Underway():
                raise Refused(409, headers={"Retry-After": str(_RETRY_SECONDS)})
            case KeyTaken():
                raise Refused(
                    422,
                    f"Another request was sent with this {HEADER}.",
                    advice="Take a new key for each request that differs.",
                )
            case Ours():
                return await self._work(token_id, key, work)

    async def _work(self, token_id: TokenId, key: str, work: Callable[[], Awaitable[str]]) -> str:
        """Only what succeeds is kept; a process that dies here leaves the request to be redone."""
        try:
            response = await work()
        except Exception:
            async with self.database.unit() as unit:
                await unit.idempotency.release(token_id, key)
                await unit.commit()
            raise
        async with self.database.unit() as unit:
            await unit.idempotency.answer(
                token_id, key, status=200, response=response, now=self.clock()
            )
            await unit.commit()
        return response
