"""The pair of tokens of a channel, where the refresh token is spent by being used.

Whoever wants a new pair leases the row first, which also writes down that the platform is being
asked: a process that dies between asking and keeping the answer leaves that behind.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.secrets import Keyring
from db.tables import channel_tokens as table


class Trouble(StrEnum):
    """Why there is no new pair."""

    NONE = ""
    UNREACHED = "unreached"
    """The platform was not reached: nothing is spent."""
    LOST = "lost"
    """Its answer was lost: the refresh token may be spent. One more try proves which."""
    REFUSED = "refused"
    """It said no."""
    SPENT = "spent"
    """It said no after an answer was lost: only a new authorisation helps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Setback:
    """A renewal that gave no pair. `try_again_at` None: trying again is of no use."""

    trouble: Trouble
    why: str
    at: dt.datetime
    try_again_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class TokenPair:
    """What the platform gave, and until when each is good."""

    access: str
    access_until: dt.datetime
    refresh: str
    refresh_until: dt.datetime
    got_at: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class KeptTokens:
    """The pair in use, the access token before it, and how renewing stands.

    The former one is kept until the pair in use has worked once.
    """

    number: int
    pair: TokenPair
    worked_at: dt.datetime | None
    former_access: str
    former_until: dt.datetime | None
    asked_at: dt.datetime | None
    leased_until: dt.datetime | None
    trouble: Trouble
    why: str
    trouble_at: dt.datetime | None
    try_again_at: dt.datetime | None

    def is_leased(self, now: dt.datetime) -> bool:
        """Whether somebody is at it."""
        return self.leased_until is not None and self.leased_until > now


_CALM: Mapping[str, Any] = {
    "asked_at": None,
    "leased_by": "",
    "leased_until": None,
    "trouble": Trouble.NONE.value,
    "why": "",
    "trouble_at": None,
    "try_again_at": None,
}
_NO_FORMER: Mapping[str, Any] = {"former_access": "", "former_until": None, "former_refresh": ""}


class ChannelTokens:
    """The store of pairs in one transaction.

    Every change is one statement that names the pair's number, so of many processes on any
    database one wins.
    """

    def __init__(self, connection: AsyncConnection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    async def load(self, channel: str) -> KeptTokens | None:
        """What is kept of a channel; None before its first pair."""
        query = select(table).where(table.c.channel == channel)
        row = (await self._connection.execute(query)).one_or_none()
        return self._read(row) if row else None

    async def put(self, channel: str, pair: TokenPair) -> None:
        """Begin anew with a pair that an administrator brought."""
        anew = {**self._written(pair), **_NO_FORMER, **_CALM, "worked_at": None}
        changed = await self._connection.execute(
            update(table)
            .where(table.c.channel == channel)
            .values(number=table.c.number + 1, **anew)
        )
        if not changed.rowcount:
            await self._connection.execute(insert(table).values(channel=channel, number=1, **anew))

    async def lease(
        self, channel: str, number: int, *, by: str, now: dt.datetime, until: dt.datetime
    ) -> bool:
        """Be the one who asks for the pair after `number`; True for one of all, once committed.

        Decided by the row alone: what the caller read of it may be a second old, and in that
        second another one may have asked in vain.
        """
        free = and_(
            _is(channel, number),
            table.c.asked_at.is_(None),
            table.c.trouble != Trouble.SPENT.value,
            or_(table.c.try_again_at.is_(None), table.c.try_again_at <= now),
        )
        return await self._change(free, leased_by=by, leased_until=until, asked_at=now)

    async def renew(self, channel: str, number: int, pair: TokenPair) -> bool:
        """Keep the pair that follows `number`, and the one in use as the former.

        Needs no lease: a new pair is worth keeping however late it comes.
        """
        former = {
            "former_access": table.c.access,
            "former_until": table.c.access_until,
            "former_refresh": table.c.refresh,
        }
        values = {**former, **self._written(pair), **_CALM, "worked_at": None}
        return await self._change(_is(channel, number), number=number + 1, **values)

    async def fail(self, channel: str, number: int, setback: Setback, *, by: str | None) -> bool:
        """Write down why there is no pair after `number`, and let go of the lease.

        `by` None is for a lease that ran out: true for one of all who notice.
        """
        held = (
            table.c.leased_by == by
            if by is not None
            else and_(table.c.leased_until <= setback.at, table.c.asked_at.is_not(None))
        )
        return await self._change(
            and_(_is(channel, number), held),
            asked_at=None,
            leased_by="",
            leased_until=None,
            trouble=setback.trouble.value,
            why=setback.why,
            trouble_at=setback.at,
            try_again_at=setback.try_again_at,
        )

    async def worked(self, channel: str, number: int, now: dt.datetime) -> None:
        """The platform took the access token: what came before it can go."""
        await self._change(
            and_(_is(channel, number), table.c.worked_at.is_(None)), worked_at=now, **_NO_FORMER
        )

    async def _change(self, where: ColumnElement[bool], **values: Any) -> bool:
        changed = await self._connection.execute(update(table).where(where).values(**values))
        return int(changed.rowcount) == 1

    def _written(self, pair: TokenPair) -> dict[str, Any]:
        return {
            "access": self._keyring.encrypt(pair.access),
            "access_until": pair.access_until,
            "refresh": self._keyring.encrypt(pair.refresh),
            "refresh_until": pair.refresh_until,
            "got_at": pair.got_at,
        }

    def _read(self, row: Row[Any]) -> KeptTokens:
        return KeptTokens(
            number=row.number,
            pair=TokenPair(
                access=self._keyring.decrypt(row.access),
                access_until=row.access_until,
                refresh=self._keyring.decrypt(row.refresh),
                refresh_until=row.refresh_until,
                got_at=row.got_at,
            ),
            worked_at=row.worked_at,
            former_access=self._keyring.decrypt(row.former_access),
            former_until=row.former_until,
            asked_at=row.asked_at,
            leased_until=row.leased_until,
            trouble=Trouble(row.trouble),
            why=row.why,
            trouble_at=row.trouble_at,
            try_again_at=row.try_again_at,
        )


def _is(channel: str, number: int) -> ColumnElement[bool]:
    return and_(table.c.channel == channel, table.c.number == number)
