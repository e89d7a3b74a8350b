"""Sends what is owed on one channel: at the platform's pace, in order, settled one by one.

Claims and pace are kept in the database, so that several processes together keep to one pace; a
halt that the platform asks for stops them all.
"""

import asyncio
import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from bot.channels.base import Channel, Outcome, Refused, RetryAfter, Sent, Unknown
from bot.reception import move_chat
from db.engine import Database, DatabaseTrouble
from db.outbox import REPEAT_AFTER, State
from db.records import Owed, Pace
from db.work import UnitOfWork

TRIES = 8
"""How often a message is tried that the platform does not take."""

SHARE = 0.9
"""How much of the platform's documented rate is used: clocks and windows differ a little."""

SWEEP_SECONDS = 1.0
"""How often messages are looked for that nobody posted here."""

GIVE_BACK_SECONDS = 10.0
"""How often claims of whoever died are looked for."""

_AT_ONCE = 30
_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)
_log = structlog.get_logger()


@dataclass(kw_only=True)
class Postman:
    """One channel's sender in this process; `run` sends for ever."""

    database: Database
    channel: Channel
    clock: Callable[[], dt.datetime]
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _is_posted: bool = True
    _gave_back_at: dt.datetime = _LONG_AGO

    def posted(self) -> None:
        """Say that there is something to send; never waits."""
        self._is_posted = True
        self._news.set()

    async def run(self) -> None:
        """Claim what may be sent now, send it, settle it."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._news.clear()
                try:
                    claimed, wait = await self._claim()
                except DatabaseTrouble:
                    _log.warning("The database does not answer.", action="not_ready")
                    claimed, wait = [], SWEEP_SECONDS
                    self._is_posted = True
                for owed in claimed:
                    tasks.create_task(self._carry(owed))
                if not claimed:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(wait):
                            await self._news.wait()

    async def _claim(self) -> tuple[list[Owed], float]:
        """What may be sent now, and how long to wait where it is nothing."""
        name, rates, now = self.channel.name.value, self.channel.rates, self.clock()
        if not self._is_posted:
            async with self.database.reading() as unit:
                due = await unit.outbox.next_due(name)
            if (due is None or due > now) and not self._may_give_back(now):
                wait = SWEEP_SECONDS if due is None else (due - now).total_seconds()
                return [], min(wait, SWEEP_SECONDS)
        self._is_posted = False
        async with self.database.unit() as unit:
            await unit.channels.lock(name, "outbox")
            known = await unit.channels.values(name)
            halted = _moment(known.get("halted_until", ""))
            if halted and halted > now:
                return [], min((halted - now).total_seconds(), SWEEP_SECONDS)
            slot = _moment(known.get("next_slot", "")) or now
            step = dt.timedelta(seconds=1 / (rates.a_second * SHARE))
            free = int((now - slot) / step) + 1 if slot <= now else 0
            limit = min(free, max(1, int(rates.a_second * SHARE / 10)), _AT_ONCE)
            if limit <= 0:
                return [], (slot - now).total_seconds()
            gives_back = self._may_give_back(now)
            if gives_back:
                await unit.outbox.give_back(name, now)
            pace = Pace(chat_seconds=rates.chat_seconds, group_a_minute=rates.group_a_minute)
            claimed = await unit.outbox.claim(name, pace, now, limit)
            if claimed:
                earliest = max(slot, now - step * (limit - 1))
                await unit.channels.put(
                    name, "next_slot", (earliest + step * len(claimed)).isoformat()
                )
                await unit.channels.spoke(name, [owed.chat for owed in claimed], now)
            await unit.commit()
        self._gave_back_at = now if gives_back else self._gave_back_at
        return claimed, max(0.02, rates.chat_seconds / 10)

    def _may_give_back(self, now: dt.datetime) -> bool:
        return abs((now - self._gave_back_at).total_seconds()) > GIVE_BACK_SECONDS

    async def _carry(self, owed: Owed) -> None:
        outcome = await self.channel.send(owed.chat, owed.payload, is_repeat=owed.is_repeat)
        try:
            async with self.database.unit() as unit:
                await self._settle(unit, owed, outcome)
                await unit.commit()
        except DatabaseTrouble:
            _log.warning("A message could not be settled; its claim ends.", action="not_settled")
        _log.info(
            "A message was handed over.",
            action="sent",
            channel=self.channel.name.value,
            message=owed.id,
            outcome=type(outcome).__name__,
            tries=owed.tries,
        )
        self.posted()

    async def _settle(self, unit: UnitOfWork, owed: Owed, outcome: Outcome) -> None:
        name, now = self.channel.name.value, self.clock()
        match outcome:
            case Sent(message=message):
                await unit.outbox.settle(owed.id, State.SENT, now, message=message)
            case RetryAfter(wait=wait, halts=halts, reason=reason):
                if halts:
                    await self._halt(unit, now + wait)
                if owed.tries >= TRIES and not halts:
                    await unit.outbox.settle(owed.id, State.REFUSED, now, reason=reason)
                else:
                    await unit.outbox.owe_again(owed.id, not_before=now + wait, reason=reason)
            case Unknown(reason=reason) if owed.is_repeat:
                await unit.outbox.settle(owed.id, State.UNKNOWN, now, reason=reason)
            case Unknown(reason=reason):
                await unit.outbox.owe_again(
                    owed.id, not_before=now + REPEAT_AFTER, reason=reason, is_repeat=True
                )
            case Refused(moved_to=to) if to:
                await unit.outbox.owe_again(owed.id, not_before=now, reason="moved")
                await move_chat(unit, name, owed.chat, to)
            case Refused(reason=reason, unreachable=unreachable, alarm=alarm):
                await unit.outbox.settle(owed.id, State.REFUSED, now, reason=reason)
                if unreachable:
                    await unit.channels.gone(name, owed.chat, now, reason)
                    await unit.outbox.refuse_all(name, owed.chat, now, reason)
                if alarm:
                    _log.error(
                        "The platform refuses us: see `motcua check`.",
                        action="alarm",
                        channel=name,
                        reason=reason,
                    )

    async def _halt(self, unit: UnitOfWork, until: dt.datetime) -> None:
        name = self.channel.name.value
        await unit.channels.lock(name, "outbox")
        known = _moment(await unit.channels.get(name, "halted_until"))
        if known is None or known < until:
            await unit.channels.put(name, "halted_until", until.isoformat())
        _log.warning(
            "The platform asks for a halt.",
            action="halted",
            channel=name,
            until=until.isoformat(),
        )


def _moment(kept: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(kept) if kept else None
