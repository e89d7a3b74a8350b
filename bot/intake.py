"""One message through the desk: state and dossiers fetched, turn taken, everything kept at once."""

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

import structlog

from bot.channels.base import Exchange
from bot.dialogue.context import Attempt, Shelf, Turn
from bot.dialogue.conversation import (
    AwaitingProof,
    Conversation,
    conversation_from_json,
    conversation_to_json,
)
from bot.dialogue.turn import proof_in, take_turn, wanted_codes, wants_followed
from bot.keeping import consent_of, erase, keep_following, own_data, record_of
from bot.library import Library
from bot.messages import (
    Address,
    Incoming,
    Language,
    Paragraph,
    Reply,
    reply_from_json,
)
from bot.wording.dialogue import wording
from db.engine import Database, DatabaseTrouble
from db.proofs import phone_hashes
from db.records import TurnRecord
from db.secrets import Keyring
from db.work import UnitOfWork

FAILURES_A_DAY = 10
"""Wrong proofs that one address may give in a day; then it has to see an officer."""

TAIL_FAILURES_A_DAY = 50
"""Wrong proofs that one dossier code may get in a day from all addresses together; then its six
digits (20 bits) open nothing until they are fewer, and the receipt's secret (40 bits) still does.
Sessions are free to make, so the limit per address alone would let a million guesses through."""

PRIVATE_FOR = dt.timedelta(minutes=30)
"""How long what was said of a dossier is shown again after a reload."""

ALARM_FAILURES = 100
"""Wrong proofs from all addresses together within `ALARM_WITHIN` that are logged as an alarm:
somebody is guessing, or something that reads proofs is broken."""

ALARM_WITHIN = dt.timedelta(minutes=10)
ALARM_AGAIN = dt.timedelta(minutes=1)

_HISTORY = 40  # exchanges shown again after a reload
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What was read for a turn. `started` is what `time.perf_counter` said before."""

    conversation: Conversation
    shelf: Shelf
    started: float


class FrontDesk:
    """Answers messages in their order per address; different addresses do not wait."""

    def __init__(
        self,
        database: Database,
        library: Library,
        keyring: Keyring,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._database = database
        self._library = library
        self._keyring = keyring
        self._clock = clock
        self._alarmed_at = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._locks: WeakValueDictionary[Address, asyncio.Lock] = WeakValueDictionary()

    async def is_ready(self) -> bool:
        """Whether there is knowledge and the database answers."""
        if not self._library.is_open:
            return False
        try:
            async with self._database.reading() as unit:
                await unit.knowledge.current_number()
        except DatabaseTrouble:
            _log.warning("The database does not answer.", action="not_ready")
            return False
        return True

    async def answer(self, incoming: Incoming) -> Reply:
        """Take one turn and keep it: state, record, attempt and consent in one transaction.

        Never raises: a failure is logged and told to the citizen, and nothing of it is kept.
        """
        started = time.perf_counter()
        try:
            async with self._in_order(incoming.address), self._database.unit() as unit:
                conversation = await self.conversation(unit, incoming.address)
                seen = await self.look(unit, incoming, conversation)
                turn = self.decide(incoming, seen)
                await self.keep(unit, incoming, seen, turn)
                await unit.commit()
        except Exception:  # noqa: BLE001 - the border of one turn: logged, and answered
            _log.exception("A turn failed.", action="turn_failed")
            return apology()
        _log.info(
            "A turn was answered.",
            action="turn",
            channel=incoming.address.channel.value,
            outcome=turn.outcome.value,
            code=turn.code,
            seconds=round(time.perf_counter() - started, 4),
        )
        return turn.reply

    async def history(self, address: Address, now: dt.datetime) -> tuple[Exchange, ...]:
        """What was said, oldest first; talk about dossiers is hidden after `PRIVATE_FOR`."""
        async with self._database.reading() as unit:
            records = await unit.conversations.turns(address.channel.value, address.chat, _HISTORY)
        return tuple(_exchange(record, now) for record in records)

    async def forget(self, address: Address) -> None:
        """Delete everything that is held about an address."""
        async with self._in_order(address), self._database.unit() as unit:
            await erase(unit, address, self._keyring, self._clock())
            await unit.commit()

    async def own_data(self, address: Address) -> str:
        """Everything that is held about an address, as JSON."""
        async with self._database.reading() as unit:
            return await own_data(unit, address)

    async def tidy(self, days: int) -> None:
        """Delete what was said more than `days` days ago, and what helps for two days only.

        The first is conversations, and what platforms brought and were given, answered or not; the
        second tries, pairing codes, buttons, and the answers to requests with a key.
        """
        now = self._clock()
        said_before = now - dt.timedelta(days=days)
        async with self._database.unit() as unit:
            await unit.conversations.purge(said_before)
            await unit.inbox.purge(said_before)
            await unit.outbox.purge(said_before)
            await unit.channels.purge_buttons(now - dt.timedelta(days=2))
            await unit.attempts.purge(now - dt.timedelta(days=2))
            await unit.pairings.purge(now - dt.timedelta(days=2))
            await unit.idempotency.purge(now)
            await unit.commit()

    async def conversation(self, unit: UnitOfWork, address: Address) -> Conversation:
        """What is remembered of the conversation with an address."""
        stored = await unit.conversations.load(address.channel.value, address.chat)
        return conversation_from_json(stored.state) if stored else Conversation()

    async def look(self, unit: UnitOfWork, incoming: Incoming, conversation: Conversation) -> Seen:
        """What a turn on this message needs to know; first of `look`, `decide` and `keep`.

        Where the message may be a try at a proof (`is_try`), all three have to happen in one
        transaction that writes: a try is counted, and a pairing code used up.
        """
        started = time.perf_counter()
        shelf = await self._fetch(unit, incoming, conversation)
        return Seen(conversation=conversation, shelf=shelf, started=started)

    def decide(self, incoming: Incoming, seen: Seen) -> Turn:
        """The turn itself: pure, and all of the thinking."""
        knowledge = self._library.knowledge
        return take_turn(incoming, seen.conversation, knowledge, seen.shelf, incoming.at)

    async def keep(self, unit: UnitOfWork, incoming: Incoming, seen: Seen, turn: Turn) -> None:
        """Keep all that came of a turn: state, record, attempt, consent, what is followed."""
        channel, chat = incoming.address.channel.value, incoming.address.chat
        if turn.attempt:
            await self._count(unit, incoming, turn.attempt)
        if turn.reply.erases:
            await erase(unit, incoming.address, self._keyring, incoming.at)
            return
        conversation_id = await unit.conversations.save(
            channel, chat, conversation_to_json(turn.conversation), incoming.at
        )
        record = record_of(
            incoming,
            turn,
            self._library.knowledge.revision.number,
            seen.started,
            asked_for_proof=isinstance(seen.conversation.awaiting, AwaitingProof),
        )
        if turn.judged:
            await unit.conversations.judge_last(
                conversation_id,
                picked=turn.judged.picked or "",
                is_helpful=turn.judged.is_helpful,
            )
        await unit.conversations.add_turn(conversation_id, record)
        if turn.agreed:
            await unit.consents.give(consent_of(incoming, turn.agreed))
        if turn.following:
            await keep_following(unit, incoming, turn.following)

    async def _fetch(
        self, unit: UnitOfWork, incoming: Incoming, conversation: Conversation
    ) -> Shelf:
        """The dossiers that the turn may need, and whether this address may still try them."""
        channel, chat = incoming.address.channel.value, incoming.address.chat
        codes = wanted_codes(incoming, conversation)
        lists_followed = wants_followed(incoming, conversation)
        followed: tuple[str, ...] = ()
        if codes or lists_followed:
            followed = await unit.subscriptions.codes_of(channel, chat)
        fetched = tuple(dict.fromkeys((*codes, *followed))) if lists_followed else codes
        shelf = replace(await fetch_shelf(unit, fetched, incoming.at), followed=followed)
        if not codes:
            return shelf
        chat_hash = self._keyring.chat_hash(channel, chat)
        hashes = [self._keyring.code_hash(code) for code in codes]
        typed = proof_in(incoming, conversation)
        if typed or incoming.phone:
            await unit.attempts.guard((chat_hash, *hashes))
        since = incoming.at - dt.timedelta(days=1)
        failures = await unit.attempts.failures_since(chat_hash, since)
        is_locked = failures >= FAILURES_A_DAY
        paired = set()
        if typed and not is_locked:
            for code in codes:
                if await unit.pairings.take(typed, code=code, now=incoming.at):
                    paired.add(code)
        return replace(
            shelf,
            is_locked=is_locked,
            tail_is_closed=await unit.attempts.failures_on(hashes, since) >= TAIL_FAILURES_A_DAY,
            paired=frozenset(paired),
            phone=phone_hashes(self._keyring, incoming.phone) if incoming.phone else (),
        )

    async def _count(self, unit: UnitOfWork, incoming: Incoming, attempt: Attempt) -> None:
        """Remember a try, and raise the alarm when there are too many wrong ones."""
        address = incoming.address
        chat_hash = self._keyring.chat_hash(address.channel.value, address.chat)
        for place, code in enumerate(attempt.codes):
            counted_for = "" if place else chat_hash  # one try, whatever the code can mean
            code_hash = self._keyring.code_hash(code)
            await unit.attempts.record(
                counted_for, code_hash, incoming.at, succeeded=attempt.succeeded
            )
        if attempt.succeeded:
            return
        failures = await unit.attempts.failures_overall(incoming.at - ALARM_WITHIN)
        is_news = incoming.at - self._alarmed_at >= ALARM_AGAIN
        if failures >= ALARM_FAILURES and is_news:
            self._alarmed_at = incoming.at
            _log.warning(
                "Many wrong proofs: somebody may be guessing.",
                action="guessing",
                failures=failures,
                seconds=ALARM_WITHIN.total_seconds(),
            )

    def _in_order(self, address: Address) -> AbstractAsyncContextManager[None]:
        lock = self._locks.get(address)
        if lock is None:
            lock = self._locks[address] = asyncio.Lock()
        return lock


async def fetch_shelf(unit: UnitOfWork, codes: Sequence[str], at: dt.datetime) -> Shelf:
    """The dossiers that a turn may need; the same queries whether they exist or not."""
    absent = unit.dossiers.absent_proofs()
    entries = await unit.dossiers.find(codes, at) if codes else {}
    return Shelf(absent=absent, entries=entries)


def _exchange(record: TurnRecord, now: dt.datetime) -> Exchange:
    reply = reply_from_json(record.reply)
    if reply.is_private and now - record.at > PRIVATE_FOR:
        hidden = Paragraph(text=wording(reply.language).dossiers.forgotten)
        reply = Reply(blocks=(hidden,), exits=reply.exits, language=reply.language)
    return Exchange(said=record.said, reply=reply, at=record.at)


def apology() -> Reply:
    """What a person reads when we failed."""
    return Reply(blocks=(Paragraph(text=wording(Language.VI).general.failed),))
