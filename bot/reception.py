"""Takes kept updates through the desk: in order within a chat, beside each other across chats.

State, record, outgoing messages and the update's end are one transaction: an update has its effect
once, whoever dies when. What cannot be answered after five tries is parked, and its chat goes on.
"""

import asyncio
import datetime as dt
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import structlog

from bot.channels.base import (
    Back,
    Channel,
    Gone,
    Heard,
    Meaning,
    Moved,
    Occasion,
)
from bot.dialogue.actions import Over, encode
from bot.dialogue.context import Turn
from bot.dialogue.turn import is_try
from bot.intake import FrontDesk, Seen, apology
from bot.keeping import own_data
from bot.messages import Action, Address, ChannelName, Incoming, OwnData, Reply
from db.engine import Database, DatabaseAway
from db.inbox import NEIGHBOURS
from db.records import Kept
from db.work import UnitOfWork

TRIES = 5
"""How often an update is tried before it is parked."""

GAP_SECONDS = 0.5
"""How long nothing may come in while one update waits for another, numbered before it."""

MOST_GAP_SECONDS = 3.0
"""The longest that an update waits for another."""

BUTTONS_LAST = dt.timedelta(minutes=15)
"""How long a button can be pressed: a phone is handed on, an old answer goes out of date."""

HINT_SECONDS = 0.3
"""How long an answer may take before the person sees that somebody is writing."""

AWAY_SECONDS = 1.0
"""When an update is looked at again that met a database that was away."""

BACK_OFF = (0.2, 1.0, 3.0, 10.0)
"""Seconds before the second try, the third, and so on."""

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Call:
    """One message on its way through the desk: where it came from, and what it says."""

    channel: Channel
    kept: Kept
    heard: Heard

    @property
    def address(self) -> Address:
        return Address(channel=self.channel.name, chat=self.kept.chat)


@dataclass(frozen=True, kw_only=True)
class Reception:
    """What taking updates through the desk needs.

    `code_of` gives the dossier code to speak for a deep link's reference; `read_picture` makes an
    incoming message of a picture's bytes (None: it could not be had). `posted` is called when there
    is something to send on a channel.
    """

    database: Database
    desk: FrontDesk
    channels: Mapping[ChannelName, Channel]
    clock: Callable[[], dt.datetime]
    posted: Callable[[ChannelName], None]
    code_of: Callable[[str], str]
    read_picture: Callable[[Incoming, bytes | None], Awaitable[Incoming]]
    gap_seconds: float = GAP_SECONDS
    most_gap_seconds: float = MOST_GAP_SECONDS
    back_off: Sequence[float] = BACK_OFF
    answered: deque[int] = field(default_factory=lambda: deque(maxlen=200))
    """The updates that were answered last, by their numbers."""
    gaps: set[int] = field(default_factory=set)
    """Places that were waited for in vain."""

    async def take_next(
        self, name: ChannelName, chat: str, tasks: asyncio.TaskGroup
    ) -> float | None:
        """Take the next update of a chat; returns when to look again, in seconds, None: no more.

        `tasks` does what nobody waits for: showing that the message was heard.
        """
        channel = self.channels[name]
        async with self.database.reading() as unit:
            kept = await unit.inbox.first_of(name.value, chat)
            wait = await self._wait_for(unit, kept) if kept else None
            is_sure = kept is None or kept.place is None or kept.is_whole or bool(wait)
            first = kept if is_sure else await unit.inbox.first_of(name.value, chat)
        if kept is None:
            return None
        if first is None or first.id != kept.id:
            return 0.0  # one before it came in while the gap was looked at
        if wait:
            return wait
        try:
            await self._take(channel, kept, tasks)
        except Exception as error:  # noqa: BLE001 - the border of one turn: counted, then parked
            return await self._failed(channel, kept, error)
        self.posted(name)
        return 0.0

    async def _wait_for(self, unit: UnitOfWork, kept: Kept) -> float:
        """Seconds until this update may be taken: after a failed try, or with a gap before it.

        A gap is waited for as long as updates still come in; one that was waited for in vain is
        known to stay.
        """
        now = self.clock()
        if kept.not_before > now:
            return (kept.not_before - now).total_seconds()
        if kept.place is None or kept.is_whole:
            return 0.0
        missing = await unit.inbox.missing_before(kept.channel, kept.place) - self.gaps
        if not missing:
            return 0.0
        last = await unit.inbox.last_arrival() or kept.received_at
        now = self.clock()
        quiet = (now - last).total_seconds()  # far below nought when a clock was set back
        waited = (now - kept.received_at).total_seconds()
        if -1 < quiet < self.gap_seconds and waited < self.most_gap_seconds:
            return self.gap_seconds - max(quiet, 0.0) + 0.001
        old = [place for place in self.gaps if place < kept.place - 10 * NEIGHBOURS]
        self.gaps.difference_update(old)
        self.gaps.update(missing)
        return 0.0

    async def _take(self, channel: Channel, kept: Kept, tasks: asyncio.TaskGroup) -> None:
        meaning = channel.understand(kept.body)
        match meaning:
            case Heard():
                call = _Call(channel=channel, kept=kept, heard=meaning)
                tasks.create_task(self._hint(call))
                await self._answer(call)
                self.answered.append(kept.id)
            case Gone() | Back() | Moved() | None:
                async with self.database.unit() as unit:
                    if await unit.inbox.finish(kept.id):
                        await self._note(unit, kept, meaning)
                        await unit.commit()

    async def _hint(self, call: _Call) -> None:
        """Acknowledge a press at once; show typing only where the answer takes its time."""
        if not call.heard.press:
            await asyncio.sleep(HINT_SECONDS)
        is_answered = call.kept.id in self.answered
        await call.channel.hint(call.kept.chat, call.heard, is_answered=is_answered)

    async def _note(self, unit: UnitOfWork, kept: Kept, meaning: Meaning | None) -> None:
        channel, chat, now = kept.channel, kept.chat, self.clock()
        match meaning:
            case Gone():
                await unit.channels.gone(channel, chat, now, "left")
                await unit.outbox.refuse_all(channel, chat, now, "left")
            case Back():
                await unit.channels.heard(channel, chat, now)
            case Moved(to=to):
                await move_chat(unit, channel, chat, to)
            case Heard() | None:
                pass

    async def _answer(self, call: _Call) -> None:
        """One turn. A message that may hold a proof is read and kept in one transaction."""
        incoming = await self._incoming(call)
        async with self.database.reading() as unit:
            incoming = await self._with_action(unit, incoming, call.heard)
            conversation = await self.desk.conversation(unit, incoming.address)
            may_prove = is_try(incoming, conversation)
            seen = None if may_prove else await self.desk.look(unit, incoming, conversation)
        turn = self.desk.decide(incoming, seen) if seen else None
        async with self.database.unit() as unit:
            if seen is None or turn is None:
                conversation = await self.desk.conversation(unit, incoming.address)
                seen = await self.desk.look(unit, incoming, conversation)
                turn = self.desk.decide(incoming, seen)
            await self._keep(unit, call, incoming, seen, turn)

    async def _keep(
        self, unit: UnitOfWork, call: _Call, incoming: Incoming, seen: Seen, turn: Turn
    ) -> None:
        """Keep the turn and owe its reply, unless the update was finished by somebody else."""
        kept = call.kept
        if not await unit.inbox.finish(kept.id):
            return
        await self.desk.keep(unit, incoming, seen, turn)
        if turn.reply.erases:
            await unit.inbox.forget(kept.channel, kept.chat)
        else:
            await unit.channels.heard(kept.channel, kept.chat, kept.received_at)
        await self._owe(unit, call, turn.reply)
        await unit.commit()

    async def _owe(self, unit: UnitOfWork, call: _Call, reply: Reply) -> None:
        heard, now = call.heard, self.clock()
        hands_over = any(isinstance(block, OwnData) for block in reply.blocks)
        occasion = Occasion(
            token=secrets.token_urlsafe(12),
            message=heard.message,
            own_data=await own_data(unit, call.address) if hands_over else "",
            in_group=heard.in_group,
        )
        letter = call.channel.render(reply, occasion)
        channel, chat = call.kept.channel, call.kept.chat
        await unit.outbox.add(channel, chat, letter.payloads, at=now, in_group=heard.in_group)
        if letter.buttons:
            await unit.channels.keep_buttons(occasion.token, channel, chat, letter.buttons, now)

    async def _incoming(self, call: _Call) -> Incoming:
        """The message for the desk; a picture is fetched and read before."""
        heard = call.heard
        incoming = Incoming(
            address=call.address,
            at=call.kept.received_at,
            text=self.code_of(heard.start) if heard.start else heard.text,
            phone=heard.phone,
            in_group=heard.in_group,
        )
        if heard.picture is None or heard.in_group:
            return incoming
        return await self.read_picture(incoming, await call.channel.fetch(heard.picture))

    async def _with_action(self, unit: UnitOfWork, incoming: Incoming, heard: Heard) -> Incoming:
        """What the pressed button means; one that is over or another's asks anew, as nothing."""
        if heard.pressed is None:
            return incoming
        action = await unit.channels.action_of(
            heard.pressed.token,
            heard.pressed.number,
            channel=incoming.address.channel.value,
            chat=incoming.address.chat,
            since=incoming.at - BUTTONS_LAST,
        )
        return replace(incoming, action=Action(action) if action is not None else encode(Over()))

    async def _failed(self, channel: Channel, kept: Kept, error: Exception) -> float:
        """Count a failed try; after the last one park the update and tell the person."""
        if isinstance(error, DatabaseAway):
            _log.warning("The database does not answer.", action="turn_failed")
            return AWAY_SECONDS
        _log.exception("A turn failed.", action="turn_failed", update=kept.id, tries=kept.tries + 1)
        wait = self.back_off[min(kept.tries, len(self.back_off) - 1)]
        until = self.clock() + dt.timedelta(seconds=wait)
        async with self.database.unit() as unit:
            tries = await unit.inbox.postpone(kept.id, until=until, trouble=type(error).__name__)
            if tries >= TRIES:
                await unit.inbox.park(kept.id)
            await unit.commit()
        if tries < TRIES:
            return wait
        _log.error("An update was parked.", action="update_parked", update=kept.id, tries=tries)
        with suppress(Exception):  # what cannot be kept cannot be answered either
            async with self.database.unit() as unit:
                call = _Call(channel=channel, kept=kept, heard=Heard())
                await self._owe(unit, call, apology())
                await unit.commit()
            self.posted(channel.name)
        return 0.0


async def move_chat(unit: UnitOfWork, channel: str, chat: str, to: str) -> None:
    """Let everything of a chat go on under its new id."""
    await unit.inbox.rename(channel, chat, to)
    await unit.outbox.rename(channel, chat, to)
    await unit.channels.rename_chat(channel, chat, to)
    await unit.conversations.rename(channel, chat, to)
    await unit.subscriptions.rename(channel, chat, to)
    await unit.consents.rename(channel, chat, to)
