"""One message through the desk: state and dossiers fetched, turn taken, everything kept at once."""

import asyncio
import datetime as dt
import re
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from hashlib import sha256
from weakref import WeakValueDictionary

import structlog

from bot.channels.base import Exchange
from bot.dialogue.context import Shelf, Turn
from bot.dialogue.conversation import (
    AwaitingProof,
    Conversation,
    conversation_from_json,
    conversation_to_json,
)
from bot.dialogue.turn import take_turn, wanted_codes
from bot.library import Library
from bot.messages import (
    Address,
    Incoming,
    Language,
    Paragraph,
    Reply,
    reply_from_json,
    reply_to_json,
)
from bot.wording.dialogue import wording
from db.engine import Database, DatabaseTrouble
from db.records import Consent, TurnRecord
from db.secrets import Keyring
from db.work import UnitOfWork
from knowledge.text import clean

FAILURES_A_DAY = 10
"""Wrong proofs that one address may give in a day; then it has to see an officer."""

TAIL_FAILURES_A_DAY = 50
"""Wrong proofs that one dossier code may get in a day from all addresses together; then its six
digits (20 bits) open nothing until they are fewer, and the receipt's secret (40 bits) still does.
Sessions are free to make, so the limit per address alone would let a million guesses through."""

PRIVATE_FOR = dt.timedelta(minutes=30)
"""How long what was said of a dossier is shown again after a reload."""

CONSENT_PURPOSE = "dossier_lookup"
CONSENT_VERSION = "1"

_HISTORY = 40  # exchanges shown again after a reload
_LONG_NUMBER = re.compile(r"\d(?:[ .\-]?\d){5,}")
_SECRET_LIKE = re.compile(r"\b(?=[a-z]*[2-7])(?=[2-7]*[a-z])[a-z2-7]{8}\b", re.IGNORECASE)
_STARS = "••••••"

_log = structlog.get_logger()


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
        self._locks: WeakValueDictionary[Address, asyncio.Lock] = WeakValueDictionary()

    async def is_ready(self) -> bool:
        """Whether there is knowledge and the database answers."""
        if not self._library.is_open:
            return False
        try:
            async with self._database.unit() as unit:
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
                turn = await self._take(unit, incoming, started)
                await unit.commit()
        except Exception:  # noqa: BLE001 - the border of one turn: logged, and answered
            _log.exception("A turn failed.", action="turn_failed")
            return _apology()
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
        async with self._database.unit() as unit:
            records = await unit.conversations.turns(address.channel.value, address.chat, _HISTORY)
        return tuple(_exchange(record, now) for record in records)

    async def forget(self, address: Address) -> None:
        """Delete the conversation: its state and everything said in it."""
        async with self._in_order(address), self._database.unit() as unit:
            await unit.conversations.forget(address.channel.value, address.chat)
            await unit.commit()

    async def tidy(self, days: int) -> None:
        """Delete what was said more than `days` days ago, and tries older than two days."""
        now = self._clock()
        async with self._database.unit() as unit:
            await unit.conversations.purge(now - dt.timedelta(days=days))
            await unit.attempts.purge(now - dt.timedelta(days=2))
            await unit.commit()

    async def _take(self, unit: UnitOfWork, incoming: Incoming, started: float) -> Turn:
        channel, chat = incoming.address.channel.value, incoming.address.chat
        stored = await unit.conversations.load(channel, chat)
        conversation = conversation_from_json(stored.state) if stored else Conversation()
        codes = wanted_codes(incoming, conversation)
        shelf = await fetch_shelf(unit, codes, incoming.at)
        chat_hash = self._keyring.chat_hash(channel, chat)
        if codes:
            since = incoming.at - dt.timedelta(days=1)
            failures = await unit.attempts.failures_since(chat_hash, since)
            hashes = [self._keyring.code_hash(code) for code in codes]
            shelf = replace(
                shelf,
                is_locked=failures >= FAILURES_A_DAY,
                tail_is_closed=await unit.attempts.failures_on(hashes, since)
                >= TAIL_FAILURES_A_DAY,
            )
        knowledge = self._library.knowledge
        turn = take_turn(incoming, conversation, knowledge, shelf, incoming.at)
        conversation_id = await unit.conversations.save(
            channel, chat, conversation_to_json(turn.conversation), incoming.at
        )
        asked_for_proof = isinstance(conversation.awaiting, AwaitingProof)
        record = _record(
            incoming, turn, knowledge.revision.number, started, asked_for_proof=asked_for_proof
        )
        if turn.judged:
            await unit.conversations.judge_last(
                conversation_id,
                picked=turn.judged.picked or "",
                is_helpful=turn.judged.is_helpful,
            )
        await unit.conversations.add_turn(conversation_id, record)
        if turn.attempt:
            for place, code in enumerate(turn.attempt.codes):
                counted_for = "" if place else chat_hash  # one try, whatever the code can mean
                await unit.attempts.record(
                    counted_for,
                    self._keyring.code_hash(code),
                    incoming.at,
                    succeeded=turn.attempt.succeeded,
                )
        if turn.consented:
            await unit.consents.give(_consent(incoming, turn))
        return turn

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


def _record(
    incoming: Incoming, turn: Turn, revision: int, started: float, *, asked_for_proof: bool
) -> TurnRecord:
    candidates = turn.match.candidates if turn.match else ()
    may_hold_a_proof = asked_for_proof and any(char.isdigit() for char in incoming.text)
    return TurnRecord(
        at=incoming.at,
        said=_STARS if turn.is_secret or may_hold_a_proof else _starred(incoming.text),
        reply=reply_to_json(turn.reply),
        outcome=turn.outcome.value,
        facet=turn.facets[0].value if turn.facets else "",
        code=turn.code or "",
        revision=revision,
        candidates=tuple((candidate.code, candidate.confidence) for candidate in candidates),
        milliseconds=round((time.perf_counter() - started) * 1000, 2),
    )


def _starred(text: str) -> str:
    """Star phones, personal numbers, dossier codes, and whatever looks like a receipt's secret."""
    starred = _SECRET_LIKE.sub(_STARS, clean(text))
    return _LONG_NUMBER.sub(lambda found: "•" * min(len(found[0]), 12), starred)


def _consent(incoming: Incoming, turn: Turn) -> Consent:
    text = wording(turn.conversation.language).dossiers.ask_proof_consent
    return Consent(
        channel=incoming.address.channel.value,
        chat=incoming.address.chat,
        purpose=CONSENT_PURPOSE,
        wording_version=CONSENT_VERSION,
        wording_hash=sha256(text.encode()).hexdigest(),
        given_at=incoming.at,
    )


def _exchange(record: TurnRecord, now: dt.datetime) -> Exchange:
    reply = reply_from_json(record.reply)
    if reply.is_private and now - record.at > PRIVATE_FOR:
        hidden = Paragraph(text=wording(reply.language).dossiers.forgotten)
        reply = Reply(blocks=(hidden,), exits=reply.exits, language=reply.language)
    return Exchange(said=record.said, reply=reply, at=record.at)


def _apology() -> Reply:
    return Reply(blocks=(Paragraph(text=wording(Language.VI).general.failed),))
