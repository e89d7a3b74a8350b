"""What a system sends: the bodies of the API's requests."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.console.api.fields import (
    Day,
    DossierCode,
    EventKey,
    Line,
    Moment,
    Name,
    StatusNumber,
    Text,
)
from db.records import FiledBy
from knowledge.model import DurationUnit

MOST_DOSSIERS = 500
"""Dossiers of one request."""


class _Sent(BaseModel):
    """Exact: no unknown field, no number for a text, no text for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Office(_Sent):
    """An office. Without `code` it is known by its name; what is left out stays as it is known."""

    name: Name
    code: Annotated[Line, StringConstraints(max_length=80)] = ""
    address: Line = ""
    phone: Annotated[Line, StringConstraints(max_length=40)] = ""


class Term(_Sent):
    """A time that is allowed for something."""

    amount: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
    unit: DurationUnit


class Owner(_Sent):
    """Whose dossier it is. Name and phone are kept encrypted; number and secret as keyed hashes.

    A phone, number or secret that is left out stays as it is known.
    """

    name: Name
    phone: Annotated[str, StringConstraints(pattern=r"^(\+?[0-9][0-9 .\-]{5,18})?$")] = ""
    number: Annotated[
        str,
        StringConstraints(pattern=r"^([0-9]{12})?$"),
        Field(description="The personal number; its last six digits prove the right to know."),
    ] = ""
    receipt_secret: Annotated[
        str,
        StringConstraints(pattern=r"^([A-Z2-7]{8})?$"),
        Field(description="The secret that the receipt prints."),
    ] = ""


class Helper(_Sent):
    """Somebody whom the owner sends: follows the dossier until a moment, or as long as it runs."""

    name: Name
    phone: Annotated[str, StringConstraints(pattern=r"^(\+?[0-9][0-9 .\-]{5,18})?$")] = ""
    number: Annotated[str, StringConstraints(pattern=r"^([0-9]{12})?$")] = ""
    until: Moment | None = None


class Turn(_Sent):
    """One office's turn (chặng). Without `started_at` it lies ahead, without `ended_at` it runs."""

    position: Annotated[int, Field(ge=1, le=1_000)]
    organisation: Office
    task: Line
    officer: Line = ""
    allowed: Term | None = None
    started_at: Moment | None = None
    due_at: Moment | None = None
    ended_at: Moment | None = None


class Change(_Sent):
    """One event of the history. `text` is read by the citizen."""

    at: Moment
    status: StatusNumber
    organisation: Office | None = None
    text: Text = ""
    event_key: EventKey | None = None


class PaperRequest(_Sent):
    """Papers that are asked for (Mẫu 02). `author` is for colleagues alone."""

    requested_at: Moment
    items: Annotated[tuple[Name, ...], Field(min_length=1, max_length=100)]
    reason: Text = ""
    author: Line = ""
    respond_by: Day | None = None
    answered_at: Moment | None = None


class FeeDemand(_Sent):
    """A fee that is asked for, in đồng; owed until `paid_at`."""

    name: Name
    amount: Annotated[int, Field(ge=0, le=10**13)]
    due_on: Day | None = None
    pay_where: Line = ""
    paid_at: Moment | None = None


class Postponed(_Sent):
    """A later due date, announced with an apology (Mẫu 04; `letter` is its number)."""

    decided_at: Moment
    new_due_at: Moment
    reason: Text = ""
    letter: Line = ""


class Outcome(_Sent):
    """What came of the dossier, and how to get it."""

    name: Name
    number: Line = ""
    issued_on: Day | None = None
    collect_where: Line = ""
    bring: Line = ""


Turns = Annotated[tuple[Turn, ...], Field(max_length=100)]


class SentDossier(_Sent):
    """One dossier as it is now: what is left out is emptied.

    Known status changes, proofs of the owner and helpers stay when they are left out.
    """

    code: DossierCode
    procedure_name: Name
    procedure_code: Annotated[
        Line, StringConstraints(max_length=20), Field(examples=["1.001193"])
    ] = ""
    status: StatusNumber
    owner: Owner
    filed_by: FiledBy = FiledBy.COUNTER
    submitted_at: Moment | None = None
    received_at: Moment | None = None
    due_at: Moment | None = None
    finished_at: Moment | None = None
    returned_at: Moment | None = None
    receiving: Office | None = None
    support: Office | None = None
    competent: Office | None = None
    legs: Turns = ()
    history: Annotated[tuple[Change, ...], Field(max_length=1_000)] = ()
    supplements: Annotated[tuple[PaperRequest, ...], Field(max_length=100)] = ()
    fees: Annotated[tuple[FeeDemand, ...], Field(max_length=100)] = ()
    extensions: Annotated[tuple[Postponed, ...], Field(max_length=100)] = ()
    result: Outcome | None = None
    duration: Term | None = None
    field: Line = ""
    officer: Line = ""
    parent_code: DossierCode | None = None
    reason: Text = ""
    helpers: Annotated[tuple[Helper, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _nothing_stands_twice(self) -> Self:
        refuse_doubled_turns(self.legs)
        marks: set[object] = set()
        for change in self.history:
            mark = change.event_key or (change.at, change.status, change.organisation, change.text)
            if mark in marks:
                raise ValueError("history names one event twice; keep one of them")
            marks.add(mark)
        return self


class SentDossiers(_Sent):
    """A batch. Each dossier is judged by itself: a bad one does not stop the others."""

    dossiers: Annotated[tuple[SentDossier, ...], Field(min_length=1, max_length=MOST_DOSSIERS)]


class Envelope(_Sent):
    """The same batch before its dossiers are looked at."""

    dossiers: Annotated[list[Any], Field(min_length=1, max_length=MOST_DOSSIERS)]


class SentStatus(_Sent):
    """One status change, with what came about with it."""

    at: Moment
    status: StatusNumber
    organisation: Office | None = None
    text: Annotated[Text, Field(description="The officer's words for the citizen.")] = ""
    event_key: EventKey | None = None
    reason: Annotated[
        Text | None, Field(description="Why it was refused, stopped or withdrawn.")
    ] = None
    supplement: Annotated[PaperRequest | None, Field(description="Added to the others.")] = None
    supplement_answered_at: Annotated[
        Moment | None, Field(description="When the papers came: answers all open requests.")
    ] = None
    extension: Annotated[Postponed | None, Field(description="Added to the others.")] = None
    legs: Annotated[Turns | None, Field(description="All turns, in place of the known.")] = None
    result: Outcome | None = None

    @model_validator(mode="after")
    def _no_turn_stands_twice(self) -> Self:
        refuse_doubled_turns(self.legs or ())
        return self


def refuse_doubled_turns(turns: tuple[Turn, ...]) -> None:
    """Raise ValueError where two legs have one position."""
    positions = [turn.position for turn in turns]
    doubled = sorted({one for one in positions if positions.count(one) > 1})
    if doubled:
        raise ValueError(f"legs has position {doubled[0]} twice; number them one by one")
