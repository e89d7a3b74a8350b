"""Zalo's tokens, renewed early by one process of all, through lost answers and crashes.

The refresh token is spent by being used. So asking is written down before it is done; a new pair
is kept before it is used; a failed answer never replaces a good pair; and after a lost answer the
access token in use, good for hours yet, goes on being used while an administrator is called.
"""

import asyncio
import datetime as dt
import secrets
from dataclasses import dataclass

import structlog

from bot.channels.zalo.oauth import SECONDS, Answer, Granted, Lost, Renewer
from bot.channels.zalo.renewal import (
    ALARMS,
    LEASE,
    is_good,
    may_be_forced,
    pair_of,
    setback_of,
    wants_renewal,
    warnings_of,
)
from db.channel_tokens import KeptTokens, TokenPair, Trouble
from db.engine import Database, DatabaseTrouble

CHANNEL = "zalo"

_SEEN_FOR = dt.timedelta(seconds=1)
_KEEP_TRIES = 3_000  # ten minutes: the answer holds the only copy of a pair
_REMIND = dt.timedelta(hours=1)
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Access:
    """A token to call with, and the number of its pair."""

    token: str
    number: int
    has_worked: bool


class Tokens:
    """One process's view of the pair that all share. `seconds` is how often waiting looks again."""

    def __init__(self, database: Database, renewer: Renewer, *, seconds: float = 0.2) -> None:
        self._database = database
        self._renewer = renewer
        self._seconds = seconds
        self._name = secrets.token_hex(8)
        self._seen: tuple[dt.datetime, KeptTokens] | None = None
        self._asking: set[asyncio.Task[None]] = set()
        self._reminded_at: dt.datetime | None = None

    async def current(self, now: dt.datetime) -> Access | None:
        """The access token to call with, renewed when it is time; None when there is none.

        Raises DatabaseTrouble when the database is away.
        """
        kept = await self._look(now)
        if kept is not None and wants_renewal(kept, now):
            kept = await self._renew(kept, now)
        if kept is not None and not is_good(kept.pair.access_until, now):
            kept = await self._wait(kept, now)
        return _access(kept, now)

    async def instead_of(self, refused: Access, now: dt.datetime) -> Access | None:
        """Another access token than one that the platform refused, or None when there is none.

        When the pair in use never worked and cannot be renewed, that is the one before it.
        """
        kept = await self._look(now, afresh=True)
        if kept is not None and kept.number == refused.number and may_be_forced(kept, now):
            kept = await self._renew(kept, now)
        if kept is not None and kept.number == refused.number:
            kept = await self._wait(kept, now)
        if kept is None or kept.number != refused.number:
            return _access(kept, now)
        is_other = kept.former_access and kept.former_access != refused.token
        if is_other and kept.former_until and is_good(kept.former_until, now):
            return Access(token=kept.former_access, number=kept.number, has_worked=True)
        return None

    async def worked(self, access: Access, now: dt.datetime) -> None:
        """The platform took this token: the pair before it is not needed any more."""
        if access.has_worked:
            return
        async with self._database.unit() as unit:
            await unit.channel_tokens.worked(CHANNEL, access.number, now)
            await unit.commit()
        self._seen = None

    async def watch(self, now: dt.datetime) -> None:
        """Renew when it is time, and remind of trouble; to be called every few seconds."""
        try:
            await self.current(now)
            kept = await self._look(now)
        except DatabaseTrouble:
            _log.warning("The database does not answer.", action="zalo_tokens")
            return
        if self._reminded_at is not None and now - self._reminded_at < _REMIND:
            return
        said = warnings_of(kept, now)
        self._reminded_at = now if said else None
        for one in said:
            _log.warning(one, action="zalo_tokens")

    async def close(self) -> None:
        """Wait for an answer that is under way: it may hold the only copy of a pair."""
        if self._asking:
            await asyncio.wait(self._asking)

    async def _look(self, now: dt.datetime, *, afresh: bool = False) -> KeptTokens | None:
        if self._seen and not afresh and abs(now - self._seen[0]) < _SEEN_FOR:
            return self._seen[1]
        async with self._database.unit() as unit:
            kept = await unit.channel_tokens.load(CHANNEL)
        self._seen = (now, kept) if kept else None
        return kept

    async def _wait(self, kept: KeptTokens, now: dt.datetime) -> KeptTokens | None:
        """What another process made of the row while it held the lease."""
        latest: KeptTokens | None = kept
        for _ in range(int(SECONDS / self._seconds)):
            if latest is None or latest.number != kept.number or not latest.is_leased(now):
                break
            await asyncio.sleep(self._seconds)
            latest = await self._look(now, afresh=True)
        return latest

    async def _renew(self, kept: KeptTokens, now: dt.datetime) -> KeptTokens | None:
        """Ask for the next pair, unless another process does; then what is kept.

        Shielded: who gives up waiting for a send must not throw away an answer.
        """
        if kept.asked_at is not None:
            await self._fail(kept, Lost(why="the process that asked is gone"), now, by=None)
            return await self._look(now, afresh=True)
        async with self._database.unit() as unit:
            leased = await unit.channel_tokens.lease(
                CHANNEL, kept.number, by=self._name, now=now, until=now + LEASE
            )
            held = await unit.channel_tokens.load(CHANNEL) if leased else None
            await unit.commit()
        if held is not None:
            asking = asyncio.create_task(self._ask(held, now))
            self._asking.add(asking)
            asking.add_done_callback(self._asking.discard)
            await asyncio.shield(asking)
        return await self._look(now, afresh=True)

    async def _ask(self, kept: KeptTokens, now: dt.datetime) -> None:
        answer = await self._renewer.refresh(kept.pair.refresh)
        if isinstance(answer, Granted):
            await self._keep(kept.number, pair_of(answer, now))
        else:
            await self._fail(kept, answer, now, by=self._name)

    async def _keep(self, number: int, pair: TokenPair) -> None:
        """Write the new pair down, however long the database takes to come back."""
        for tried in range(_KEEP_TRIES):
            try:
                async with self._database.unit() as unit:
                    is_kept = await unit.channel_tokens.renew(CHANNEL, number, pair)
                    await unit.commit()
            except DatabaseTrouble:
                if not tried:
                    _log.exception("A new pair waits for the database.", action="zalo_tokens")
                await asyncio.sleep(self._seconds)
                continue
            if is_kept:
                _log.info("The Zalo tokens were renewed.", action="zalo_tokens", number=number + 1)
            else:
                _log.warning("A newer pair was there already.", action="zalo_tokens")
            return
        _log.error("A new pair could not be kept and is lost.", action="zalo_tokens")

    async def _fail(
        self, kept: KeptTokens, answer: Answer, now: dt.datetime, *, by: str | None
    ) -> None:
        setback = setback_of(answer, kept.trouble, now)
        async with self._database.unit() as unit:
            is_noted = await unit.channel_tokens.fail(CHANNEL, kept.number, setback, by=by)
            await unit.commit()
        if is_noted:
            trouble = setback.trouble
            say = _log.warning if trouble is Trouble.UNREACHED else _log.error
            say(ALARMS[trouble], action="zalo_tokens", trouble=trouble.value, why=setback.why)


def _access(kept: KeptTokens | None, now: dt.datetime) -> Access | None:
    if kept is None or not is_good(kept.pair.access_until, now):
        return None
    return Access(token=kept.pair.access, number=kept.number, has_worked=kept.worked_at is not None)
