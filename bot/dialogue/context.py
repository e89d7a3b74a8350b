"""What a step of the dialogue sees and gives: context, knowledge, dossiers, turn."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from bot.dialogue.actions import Command, Exit, Leave, encode
from bot.dialogue.conversation import Conversation
from bot.messages import Block, Choice, PhotoTrouble, Reply
from bot.office import Office
from bot.timing import Timekeeper, timekeeper_of
from bot.wording.dialogue import Wording, wording
from db.records import Dossier, ProofKind
from knowledge.facets import Facet
from knowledge.matcher import Match, Matcher
from knowledge.model import Procedure, ProcedureCode, Revision
from knowledge.places import Gazetteer, OldPlace


class Outcome(StrEnum):
    """What came of a turn; a closed list, grouped by its prefix."""

    ANSWERED_PROCEDURE = "answered_procedure"
    ANSWERED_DOSSIER = "answered_dossier"
    ANSWERED_HELP = "answered_help"
    ANSWERED_HUMAN = "answered_human"
    ANSWERED_COURTESY = "answered_courtesy"
    ANSWERED_PLACE = "answered_place"
    ANSWERED_FOLLOWING = "answered_following"
    ANSWERED_OWN_DATA = "answered_own_data"
    ASKED_WHICH = "asked_which"
    ASKED_CASE = "asked_case"
    ASKED_CODE = "asked_code"
    ASKED_PROOF = "asked_proof"
    ASKED_CONSENT = "asked_consent"
    ASKED_ERASE = "asked_erase"
    REFUSED_PROOF = "refused_proof"
    REFUSED_LOCKED = "refused_locked"
    REFUSED_GROUP = "refused_group"
    UNANSWERED_UNKNOWN = "unanswered_unknown"
    UNANSWERED_EMPTY = "unanswered_empty"
    UNANSWERED_PHOTO = "unanswered_photo"


class Proofs(Protocol):
    """Compares an answer with a dossier's keyed hashes, in constant time."""

    def matches(self, kind: ProofKind, answer: str) -> bool: ...

    def is_phone_of(self, hashes: Sequence[str]) -> bool: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """The dossiers that this turn may need, fetched before it.

    `absent` never matches and costs what a real comparison costs. `is_locked`: this address has
    guessed too often. `tail_is_closed`: these codes were guessed at so often, from wherever, that
    only the receipt's secret opens them for now; the owner is never locked out by others.
    `phone` are the keyed hashes of the phone that came with this message and that the platform
    vouches for; `paired` are codes for which it brought a pairing code, used up by now.
    `followed` are the codes that this address follows; known where the turn may need them.
    """

    absent: Proofs
    entries: Mapping[str, tuple[Dossier, Proofs]] = field(default_factory=dict)
    is_locked: bool = False
    tail_is_closed: bool = False
    phone: tuple[str, ...] = ()
    paired: frozenset[str] = frozenset()
    followed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Knowledge:
    """What can be told: a revision, the matcher built from it, and the office's own facts."""

    revision: Revision
    matcher: Matcher
    office: Office = field(default_factory=Office)
    places: Gazetteer = field(default_factory=lambda: Gazetteer(()))
    timekeeper: Timekeeper = field(default_factory=lambda: timekeeper_of(Office()))

    def procedure(self, code: ProcedureCode) -> Procedure | None:
        """The procedure with this code, abolished or not; None when the revision lacks it."""
        return self.revision.procedures.get(code)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """A try to prove the right to know, to be remembered against guessing."""

    codes: tuple[str, ...]
    succeeded: bool


class Purpose(StrEnum):
    """What a person agrees to, each for itself."""

    LOOKUP = "dossier_lookup"
    FOLLOWING = "dossier_following"


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreed:
    """A consent that this message gives, to the very words that were shown for it."""

    purpose: Purpose
    wording: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """The address wants to be told of this dossier, whose right to know it has proven."""

    code: str
    by: ProofKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfollowed:
    """The address no longer wants to be told of this dossier."""

    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What this message says of the reply before it: the choice taken, or a thumb up or down."""

    picked: ProcedureCode | None = None
    is_helpful: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What one message leads to. `is_secret`: what was typed must not be kept."""

    reply: Reply
    conversation: Conversation
    outcome: Outcome
    match: Match | None = None
    code: ProcedureCode | None = None
    facets: tuple[Facet, ...] = ()
    is_secret: bool = False
    attempt: Attempt | None = None
    agreed: Agreed | None = None
    following: Followed | Unfollowed | None = None
    judged: Judged | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Everything a step may look at. `text` is cleaned; `command` is a decoded button or number.

    `places` are the old places that the text names, `question` is the text without their names.
    `photo` is why a photo led to no code; `text` is no more than its label then.
    """

    text: str
    question: str
    places: tuple[OldPlace, ...]
    command: Command | None
    was_cut: bool
    conversation: Conversation
    knowledge: Knowledge
    shelf: Shelf
    now: dt.datetime
    in_group: bool = False
    photo: PhotoTrouble | None = None

    @property
    def say(self) -> Wording:
        """The sentences in the conversation's language."""
        return wording(self.conversation.language)

    def turn(  # noqa: PLR0913 - the parts of a turn, all but two with a default
        self,
        outcome: Outcome,
        blocks: Sequence[Block],
        choices: Sequence[Choice] = (),
        *,
        conversation: Conversation | None = None,
        match: Match | None = None,
        code: ProcedureCode | None = None,
        facets: tuple[Facet, ...] = (),
        is_private: bool = False,
        is_secret: bool = False,
        judged: Judged | None = None,
    ) -> Turn:
        """A turn with the exits added and the choices remembered for a typed number."""
        state = conversation or self.conversation
        reply = Reply(
            blocks=tuple(blocks),
            choices=tuple(choices),
            exits=exits(wording(state.language)),
            language=state.language,
            is_private=is_private,
        )
        return Turn(
            reply=reply,
            conversation=replace(state, choices=tuple(choices)),
            outcome=outcome,
            match=match,
            code=code,
            facets=facets,
            is_secret=is_secret,
            judged=judged,
        )


Step = Callable[[Context], Turn | None]
"""One way of answering: a turn, or None to let the next step try."""


def exits(say: Wording) -> tuple[Choice, ...]:
    """The ways out of every reply: procedures, dossier, a person, cancel."""
    return (
        Choice(label=say.general.exit_procedures, action=encode(Leave(to=Exit.PROCEDURES))),
        Choice(label=say.general.exit_dossier, action=encode(Leave(to=Exit.DOSSIER))),
        Choice(label=say.general.exit_human, action=encode(Leave(to=Exit.HUMAN))),
        Choice(label=say.general.exit_cancel, action=encode(Leave(to=Exit.CANCEL))),
    )
