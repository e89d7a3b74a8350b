"""What the API answers: the bodies of its responses."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from db.records import (
    Dossier,
    DossierFee,
    DossierResult,
    Extension,
    FiledBy,
    GroupMember,
    Leg,
    Organisation,
    Status,
    StatusChange,
    SupplementRequest,
)
from knowledge.model import Duration


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class FieldProblem(_Answer):
    """What is wrong with one field, and what it needs. The value is not repeated."""

    field: Annotated[str, Field(description="Its path, such as legs.0.started_at; empty: all.")]
    message: str


class Problem(_Answer):
    """Why a request was refused (RFC 9457): what happened, and what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    advice: str
    problems: tuple[FieldProblem, ...] = ()
    reference: Annotated[str, Field(description="Names our log line; empty: there is none.")] = ""


class RowOutcome(StrEnum):
    """What became of one dossier of a batch."""

    CREATED = "created"
    UPDATED = "updated"
    REFUSED = "refused"


class RowResult(_Answer):
    """One dossier of the batch. `new_changes`: status changes that were not known before."""

    index: Annotated[int, Field(description="Its place in the batch, from 0.")]
    code: str | None
    outcome: RowOutcome
    new_changes: int = 0
    problems: tuple[FieldProblem, ...] = ()


class BatchResult(_Answer):
    """The whole batch, in the order in which it was sent."""

    accepted: int
    refused: int
    results: tuple[RowResult, ...]


class StatusResult(_Answer):
    """`is_new` false: the event was known, and nothing was changed.

    `status` is the dossier's now: an event that comes late does not turn it back.
    """

    code: str
    status: Status
    is_new: bool


class PairingResult(_Answer):
    """Hand `pairing_code` to the person at the desk; it works once, until `expires_at`."""

    code: str
    pairing_code: str
    expires_at: dt.datetime


class ShownDossier(_Answer):
    """A dossier as staff see it. Phone, number and secret are not told to anybody."""

    code: str
    procedure_code: str
    procedure_name: str
    status: Status
    owner_name: str
    filed_by: FiledBy
    submitted_at: dt.datetime | None
    received_at: dt.datetime | None
    due_at: dt.datetime | None
    finished_at: dt.datetime | None
    returned_at: dt.datetime | None
    receiving: Organisation | None
    support: Organisation | None
    competent: Organisation | None
    legs: tuple[Leg, ...]
    history: tuple[StatusChange, ...]
    supplements: tuple[SupplementRequest, ...]
    fees: tuple[DossierFee, ...]
    extensions: tuple[Extension, ...]
    result: DossierResult | None
    duration: Duration | None
    field: str
    officer: str
    parent_code: str | None
    reason: str
    revision: int | None
    group: tuple[GroupMember, ...]


def shown(dossier: Dossier) -> ShownDossier:
    """The record as the API tells it."""
    return ShownDossier(**{name: getattr(dossier, name) for name in ShownDossier.model_fields})
