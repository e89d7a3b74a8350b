"""What is remembered of a conversation between two turns: frozen, small, JSON-able."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from bot.messages import Choice, Language
from db.records import ProofKind
from knowledge.model import ProcedureCode


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """The procedure talked about and the cases chosen so far, by key."""

    code: ProcedureCode
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AwaitingCode:
    """We asked for a dossier code."""

    kind: Literal["code"] = "code"


@dataclass(frozen=True, kw_only=True, slots=True)
class AwaitingProof:
    """We asked for a proof of the right to know; `codes` are all that the typed code can mean."""

    codes: tuple[str, ...]
    kind: Literal["proof"] = "proof"


Awaiting = Annotated[AwaitingCode | AwaitingProof, Field(discriminator="kind")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proven:
    """A dossier whose owner has shown the right to know, until a moment."""

    code: str
    by: ProofKind
    until: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """The whole state. `choices` are those of the last reply, for a typed number.

    `others` are what the last question could also have meant, best first: offered when the answer
    was not what was asked for.
    """

    language: Language = Language.VI
    topic: Topic | None = None
    awaiting: Awaiting | None = None
    choices: tuple[Choice, ...] = ()
    proven: tuple[Proven, ...] = ()
    others: tuple[ProcedureCode, ...] = ()


_states = TypeAdapter(Conversation)


def conversation_to_json(conversation: Conversation) -> str:
    """Write the state for keeping."""
    return _states.dump_json(conversation).decode()


def conversation_from_json(text: str) -> Conversation:
    """Read a kept state; one that no longer fits is a new conversation, not an error."""
    try:
        return _states.validate_json(text)
    except ValidationError:
        return Conversation()
