"""What a deadline is reckoned from, and what comes out, line by line."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from knowledge.model import Duration


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Papers asked for (Mẫu 02). `answered_at` None: not yet there."""

    requested_at: dt.datetime
    answered_at: dt.datetime | None = None
    respond_by: dt.date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Postponement:
    """A later date announced with an apology (Mẫu 04)."""

    decided_at: dt.datetime
    new_due_at: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """What happened to a dossier, as far as its deadline is concerned.

    `promised_at` is the date on the receipt (Mẫu 01). `ended_at`: the office is done with it;
    `stopped_at`: it was stopped (Mẫu 05), refused or withdrawn.
    """

    received_at: dt.datetime
    duration: Duration | None
    requests: tuple[Request, ...] = ()
    postponements: tuple[Postponement, ...] = ()
    promised_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    stopped_at: dt.datetime | None = None


class Kind(StrEnum):
    """What a line of the calculation says."""

    RECEIVED = "received"
    BEGINS = "begins"
    COUNTED = "counted"
    SKIPPED = "skipped"
    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"
    MOVED = "moved"
    REQUESTED = "requested"
    REQUESTED_LATE = "requested_late"
    ANSWERED_FIRST = "answered_first"
    ADDED = "added"
    RESTARTED = "restarted"
    POSTPONED = "postponed"
    POSTPONED_TOO_OFTEN = "postponed_too_often"
    STOPPED = "stopped"
    ENDED = "ended"
    DUE = "due"
    RECEIPT_DIFFERS = "receipt_differs"
    NO_TERM = "no_term"
    UNANNOUNCED = "unannounced"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One step. `at` is a moment, `first` and `last` are days, both included.

    `days`: working days for COUNTED and ADDED, calendar days for CALENDAR_DAYS; `hours` for HOURS
    and for ADDED where a term runs in hours. `note` names a day off, a reason, or a year.
    """

    kind: Kind
    at: dt.datetime | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    days: float = 0
    hours: float = 0
    note: str = ""


class State(StrEnum):
    """Whether the clock runs."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    STOPPED = "stopped"
    NO_TERM = "no_term"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reckoning:
    """A deadline with everything that led to it.

    `due_at` is None while the clock is paused or where no term is set. `days_left` and
    `days_over` are working days, today excluded; both 0 on the day itself. `days_on_resume`: what
    is left when the papers that were asked for have come. `respond_by`: their last day.
    """

    state: State
    due_at: dt.datetime | None
    lines: tuple[Line, ...]
    is_late: bool = False
    days_left: int = 0
    days_over: int = 0
    days_on_resume: int | None = None
    respond_by: dt.date | None = None
