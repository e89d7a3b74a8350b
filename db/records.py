"""Frozen records of the tracking database: what leaves `db/` instead of rows."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, NewType

from knowledge.model import Duration

DossierId = NewType("DossierId", int)
ConversationId = NewType("ConversationId", int)
TokenId = NewType("TokenId", int)


class Status(IntEnum):
    """The ten national dossier statuses (mã trạng thái)."""

    REGISTERED = 1
    RECEIVED = 2
    REFUSED = 3
    IN_PROGRESS = 4
    SUPPLEMENT_REQUESTED = 5
    PAYMENT_REQUESTED = 6
    WITHDRAWN = 7
    STOPPED = 8
    DONE = 9
    RETURNED = 10


class FiledBy(StrEnum):
    """How the dossier came in."""

    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisation:
    """An office. `former_names` are units it took over on 2025-07-01, for people who say those."""

    code: str
    name: str
    address: str = ""
    phone: str = ""
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Leg:
    """One office's turn in a dossier; `ended_at` None while the office holds it.

    `started_at` None: the leg lies ahead. Legs that are under way at once run in parallel.
    `allowed` is the time the office has for it, None where nobody said.
    """

    position: int
    organisation: Organisation
    task: str
    officer: str = ""
    allowed: Duration | None = None
    started_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusChange:
    """One event of a dossier's history. `text` is the officer's words for the citizen, or empty.

    `event_key` is the event's own mark in the system it came from, unique within its dossier:
    the same event is kept once, however often it is brought. None where there is no such mark.
    """

    at: dt.datetime
    status: Status
    organisation: Organisation | None = None
    text: str = ""
    event_key: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SupplementRequest:
    """Papers asked for (Mẫu 02). `respond_by` None: the request names no last day.

    `author` is the officer who asks, for colleagues; a citizen is not shown it.
    """

    requested_at: dt.datetime
    items: tuple[str, ...]
    reason: str = ""
    author: str = ""
    respond_by: dt.date | None = None
    answered_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DossierFee:
    """A fee asked for in a dossier, in đồng. `paid_at` None: still owed."""

    name: str
    amount: int
    due_on: dt.date | None = None
    pay_where: str = ""
    paid_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DossierResult:
    """What came of it. `collect_where` and `bring` say how to get it."""

    name: str
    number: str = ""
    issued_on: dt.date | None = None
    collect_where: str = ""
    bring: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Extension:
    """A later due date, announced with an apology (Mẫu 04; `letter` is its number)."""

    decided_at: dt.datetime
    new_due_at: dt.datetime
    reason: str = ""
    letter: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupMember:
    """Another dossier that is handled together with one (liên thông): what its owner may see."""

    procedure_name: str
    status: Status
    due_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """One application as its owner may see it. `owner_name` is in clear: mask it before showing.

    `receiving` took it in, `support` is where the citizen went when that was another office,
    `competent` decides. `revision` is the catalogue revision valid at receipt, None if unknown.
    `duration` is the time allowed at receipt, `due_at` the date on the receipt (Mẫu 01).
    `parent_code` is the leading dossier of a group that is handled together (liên thông); the
    leading one has the others as its `group`.
    `officer` handles it now, for colleagues; a citizen is not shown it.
    `read_until` is the moment up to which its source was read, None where nobody else keeps it;
    `source_is_away` tells that the last look at the source failed.
    """

    id: DossierId
    code: str
    procedure_code: str
    procedure_name: str
    status: Status
    owner_name: str
    filed_by: FiledBy = FiledBy.COUNTER
    submitted_at: dt.datetime | None = None
    received_at: dt.datetime | None = None
    due_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    returned_at: dt.datetime | None = None
    receiving: Organisation | None = None
    support: Organisation | None = None
    competent: Organisation | None = None
    legs: tuple[Leg, ...] = ()
    history: tuple[StatusChange, ...] = ()
    supplements: tuple[SupplementRequest, ...] = ()
    fees: tuple[DossierFee, ...] = ()
    extensions: tuple[Extension, ...] = ()
    result: DossierResult | None = None
    duration: Duration | None = None
    field: str = ""
    officer: str = ""
    parent_code: str | None = None
    reason: str = ""
    """Why it was refused, stopped or withdrawn, in words for the citizen."""
    revision: int | None = None
    group: tuple[GroupMember, ...] = ()
    read_until: dt.datetime | None = None
    source_is_away: bool = False

    @property
    def holders(self) -> tuple[Leg, ...]:
        """The legs under way: who holds the dossier now; several where offices work at once."""
        return tuple(leg for leg in self.legs if leg.started_at and not leg.ended_at)

    @property
    def moved_at(self) -> dt.datetime | None:
        """When anything happened to it last, as far as is recorded."""
        moments = [change.at for change in self.history]
        moments += [at for leg in self.legs for at in (leg.started_at, leg.ended_at) if at]
        moments += [request.answered_at or request.requested_at for request in self.supplements]
        moments += [extension.decided_at for extension in self.extensions]
        moments += [at for at in (self.submitted_at, self.received_at, self.finished_at) if at]
        return max(moments, default=None)

    @property
    def asked_again(self) -> tuple[str, ...]:
        """Papers that a later request asks for and no earlier one did: a supervisor looks at it."""
        known: set[str] = set()
        new: list[str] = []
        for place, request in enumerate(self.supplements):
            new += [item for item in request.items if place and item not in known]
            known.update(request.items)
        return tuple(dict.fromkeys(new))


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """How far a tracking database of others has been read.

    `cursor` is the reader's own JSON, opaque here. What it told is true up to `read_until`; when
    we looked last is `checked_at`; `trouble` says why that look failed, empty when it did not.
    """

    name: str
    cursor: str = ""
    read_until: dt.datetime | None = None
    checked_at: dt.datetime | None = None
    trouble: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delegate:
    """Somebody who may follow a dossier for its owner, until a moment or as long as it runs."""

    name: str
    phone: str = ""
    number: str = ""
    until: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDossier:
    """A dossier to store with its owner's data in clear; the store encrypts and hashes them.

    `owner_number` is the 12-digit personal number or empty; `receipt_secret` is what the receipt
    prints, or empty. Neither is ever stored in clear.
    """

    dossier: Dossier
    owner_phone: str = ""
    owner_number: str = ""
    receipt_secret: str = ""
    delegates: tuple[Delegate, ...] = ()


class ProofKind(StrEnum):
    """How a person showed the right to know."""

    NUMBER_TAIL = "number_tail"
    RECEIPT_SECRET = "receipt_secret"  # noqa: S105 - a kind, not a secret
    PHONE = "phone"
    """The platform itself vouched for the person's phone, and it is the dossier's."""
    PAIRING = "pairing"
    """A one-time code that the desk handed over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """A dossier that an address follows, since when, and how it showed the right to know."""

    code: str
    by: ProofKind
    since: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredConversation:
    """A conversation as kept: `state` is the dialogue's own JSON, opaque here."""

    id: ConversationId
    channel: str
    chat: str
    state: str
    updated_at: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnRecord:
    """One message and its reply. `said` is empty or starred where the message held a secret.

    `outcome` is of the dialogue's closed list; `candidates` are (code, score), best first, the
    rejected ones included; `reply` is the channel-neutral reply as JSON, empty when private.
    `picked` is the procedure that the person chose when asked back, `is_helpful` the thumb that
    the next message gave: both say how the question should have been understood.
    """

    at: dt.datetime
    said: str
    reply: str
    outcome: str
    facet: str = ""
    code: str = ""
    revision: int = 0
    candidates: tuple[tuple[str, float], ...] = ()
    milliseconds: float = 0.0
    picked: str = ""
    is_helpful: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """A person's agreement to one purpose: which wording (by hash), when, and when withdrawn."""

    channel: str
    chat: str
    purpose: str
    wording_version: str
    wording_hash: str
    given_at: dt.datetime
    withdrawn_at: dt.datetime | None = None


class Scope(StrEnum):
    """What a system that holds a token may do."""

    DOSSIERS_WRITE = "dossiers:write"
    DOSSIERS_READ = "dossiers:read"
    PAIRING_WRITE = "pairing:write"


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiToken:
    """What is known of a token of another system; the token itself is not kept.

    `expires_at` None: it is good until it is revoked.
    """

    id: TokenId
    name: str
    scopes: frozenset[Scope]
    made_at: dt.datetime
    expires_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None

    def is_good(self, now: dt.datetime) -> bool:
        """Whether it opens anything at a moment."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewUpdate:
    """A raw update to keep. `key` is unique on its channel.

    `place` is its place in the platform's own order, None where it has none.
    """

    key: str
    chat: str
    body: str
    place: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """An update as it is kept, with how often it was tried in vain.

    `is_whole`: when it was read, no place right before it was missing.
    """

    id: int
    channel: str
    chat: str
    body: str
    received_at: dt.datetime
    not_before: dt.datetime
    place: int | None = None
    tries: int = 0
    trouble: str = ""
    is_whole: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """A claimed message. `is_repeat`: it may have arrived before. `tries` counts this one."""

    id: int
    chat: str
    payload: Mapping[str, Any]
    is_repeat: bool = False
    tries: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast a platform lets us speak to one chat, and to a group in any minute."""

    chat_seconds: float = 0.0
    group_a_minute: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RevisionInfo:
    """What is known of a published revision without loading it."""

    number: int
    published_at: dt.datetime
    published_by: str
    note: str
