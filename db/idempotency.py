"""Answers kept under a key that the sender chose, so that sending again does nothing again."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.records import TokenId
from db.tables import idempotency_keys

KEPT_FOR = dt.timedelta(days=2)

ABANDONED_AFTER = dt.timedelta(minutes=2)
"""When a request that never got its answer may be worked on anew: its process has died."""

_UNANSWERED = 0  # the status of a request that is being worked on


@dataclass(frozen=True, kw_only=True, slots=True)
class Ours:
    """Nobody answered this request yet: work on it, then `answer` or `release` it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The same request was answered before, with this."""

    status: int
    response: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Underway:
    """The same request is being worked on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyTaken:
    """Another request has this key."""


Claim = Ours | Answered | Underway | KeyTaken


class Idempotency:
    """The store of such keys in one transaction; a key belongs to the token that sent it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(
        self, token_id: TokenId, key: str, request_hash: str, now: dt.datetime
    ) -> Claim:
        """Ask to work on a request. Of several at the same time one gets `Ours`, once committed."""
        own = _own(token_id, key)
        is_over = or_(
            idempotency_keys.c.at <= now - KEPT_FOR,
            and_(
                idempotency_keys.c.status == _UNANSWERED,
                idempotency_keys.c.request_hash == request_hash,
                idempotency_keys.c.at <= now - ABANDONED_AFTER,
            ),
        )
        await self._connection.execute(delete(idempotency_keys).where(own, is_over))
        try:
            async with self._connection.begin_nested():
                await self._connection.execute(
                    insert(idempotency_keys).values(
                        token_id=token_id,
                        key=key,
                        request_hash=request_hash,
                        status=_UNANSWERED,
                        response="",
                        at=now,
                    )
                )
        except IntegrityError:
            return await self._known(own, request_hash)
        return Ours()

    async def answer(
        self, token_id: TokenId, key: str, *, status: int, response: str, now: dt.datetime
    ) -> None:
        """Keep the answer to a request that is ours."""
        await self._connection.execute(
            update(idempotency_keys)
            .where(_own(token_id, key))
            .values(status=status, response=response, at=now)
        )

    async def release(self, token_id: TokenId, key: str) -> None:
        """Give up a request that is ours: sent again, it is worked on anew."""
        unanswered = idempotency_keys.c.status == _UNANSWERED
        await self._connection.execute(
            delete(idempotency_keys).where(_own(token_id, key), unanswered)
        )

    async def purge(self, now: dt.datetime) -> None:
        """Forget answers older than `KEPT_FOR`."""
        await self._connection.execute(
            delete(idempotency_keys).where(idempotency_keys.c.at <= now - KEPT_FOR)
        )

    async def _known(self, own: ColumnElement[bool], request_hash: str) -> Claim:
        row = (await self._connection.execute(select(idempotency_keys).where(own))).first()
        if row is None:  # released between the two statements: the sender tries again
            return Underway()
        if row.request_hash != request_hash:
            return KeyTaken()
        if row.status == _UNANSWERED:
            return Underway()
        return Answered(status=row.status, response=row.response)


def _own(token_id: TokenId, key: str) -> ColumnElement[bool]:
    return and_(idempotency_keys.c.token_id == token_id, idempotency_keys.c.key == key)
