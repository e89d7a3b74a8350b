"""Questions from a file or the terminal, answered as a citizen would be, and kept nowhere."""

import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass

from bot.channels.plain import render_plain
from bot.dialogue.context import Outcome, Turn
from bot.dialogue.conversation import Conversation
from bot.dialogue.turn import take_turn, wanted_codes
from bot.intake import fetch_shelf
from bot.library import Library
from bot.messages import Address, ChannelName, Incoming
from db.engine import Database
from knowledge.matcher import CANDIDATES
from knowledge.matcher import Outcome as Understood

_OUTCOMES = {
    Outcome.ANSWERED_PROCEDURE: "answer",
    Outcome.ASKED_CASE: "answer",
    Outcome.ASKED_WHICH: "clarify",
    Outcome.ANSWERED_DOSSIER: "dossier",
    Outcome.ASKED_CODE: "dossier",
    Outcome.ASKED_PROOF: "dossier",
    Outcome.REFUSED_PROOF: "dossier",
    Outcome.REFUSED_LOCKED: "dossier",
    Outcome.ANSWERED_HELP: "help",
    Outcome.ANSWERED_HUMAN: "help",
    Outcome.ANSWERED_COURTESY: "other",
    Outcome.ANSWERED_PLACE: "other",
    Outcome.UNANSWERED_EMPTY: "other",
    Outcome.UNANSWERED_PHOTO: "other",
    Outcome.UNANSWERED_UNKNOWN: "unknown",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One question of a file; `conversation` None is a conversation of its own."""

    id: str
    question: str
    conversation: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """One line out, as scripts rely on it; `codes` are best first, at most ten."""

    id: str
    outcome: str
    codes: tuple[str, ...]
    facet: str
    text: str


class Interview:
    """One conversation held in memory only: it sees real dossiers and leaves no trace."""

    def __init__(
        self, database: Database, library: Library, clock: Callable[[], dt.datetime]
    ) -> None:
        self._database = database
        self._library = library
        self._clock = clock
        self._conversation = Conversation()
        self._address = Address(channel=ChannelName.TERMINAL, chat="interview")

    async def say(self, text: str) -> Turn:
        """Take one turn and remember where the conversation stands."""
        now = self._clock()
        incoming = Incoming(address=self._address, at=now, text=text)
        codes = wanted_codes(incoming, self._conversation)
        async with self._database.unit() as unit:
            shelf = await fetch_shelf(unit, codes, now)
        turn = take_turn(incoming, self._conversation, self._library.knowledge, shelf, now)
        self._conversation = turn.conversation
        return turn


async def answer_all(
    questions: Iterable[Asked],
    database: Database,
    library: Library,
    clock: Callable[[], dt.datetime],
) -> AsyncIterator[Answered]:
    """One answer per question, in order; rows of one conversation share their memory."""
    conversations: dict[str, Interview] = {}
    for asked in questions:
        interview = conversations.get(asked.conversation) if asked.conversation else None
        if interview is None:
            interview = Interview(database, library, clock)
            if asked.conversation:
                conversations[asked.conversation] = interview
        yield to_answered(asked.id, await interview.say(asked.question))


def to_answered(question_id: str, turn: Turn) -> Answered:
    """A turn as the line that scripts read."""
    return Answered(
        id=question_id,
        outcome=_OUTCOMES[turn.outcome],
        codes=_codes(turn),
        facet=turn.facets[0].value if turn.facets else "",
        text=render_plain(turn.reply),
    )


def _codes(turn: Turn) -> tuple[str, ...]:
    """What was told first, then the candidates; none where a procedure was not the subject."""
    if turn.outcome is Outcome.UNANSWERED_UNKNOWN or (turn.match is None and turn.code is None):
        known = turn.match.candidates if turn.match else ()
        return tuple(candidate.code for candidate in known)[:CANDIDATES]
    first = (turn.code,) if turn.code else ()
    rest = (
        tuple(candidate.code for candidate in turn.match.candidates)
        if turn.match and turn.match.outcome is not Understood.UNKNOWN
        else ()
    )
    return tuple(dict.fromkeys((*first, *rest)))[:CANDIDATES]
