"""The staff's morning: what is due, late, silent or waiting, and how punctual each agency was."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.timing import Timekeeper
from db.engine import Database
from db.records import Dossier, Status

OPEN = (
    Status.REGISTERED,
    Status.RECEIVED,
    Status.IN_PROGRESS,
    Status.SUPPLEMENT_REQUESTED,
    Status.PAYMENT_REQUESTED,
)
"""Statuses in which an office still has something to do, or waits for the citizen."""

DONE = (Status.DONE, Status.RETURNED)
_BATCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A dossier on a list, without its owner. `days_over` and `days_silent` are working days."""

    code: str
    procedure: str
    office: str
    officer: str
    due_at: dt.datetime | None
    days_over: int
    days_silent: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Punctuality:
    """How many dossiers of one agency or field were finished, and how many of them in time.

    `unknown`: finished without a due date on record; they count in neither.
    """

    name: str
    finished: int
    in_time: int
    unknown: int

    @property
    def rate(self) -> float | None:
        """The share that was in time, None where nothing can be judged."""
        judged = self.finished - self.unknown
        return self.in_time / judged if judged else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Workload:
    """How many dossiers of each list one officer of an office has; `officer` empty: nobody named.

    A dossier that is late and silent counts in both.
    """

    office: str
    officer: str
    due_today: int
    overdue: int
    silent: int
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Lists of open dossiers at one moment, and punctuality over a period (both days included)."""

    at: dt.datetime
    first: dt.date
    last: dt.date
    due_today: tuple[Entry, ...]
    overdue: tuple[Entry, ...]
    silent: tuple[Entry, ...]
    waiting: tuple[Entry, ...]
    asked_again: tuple[Entry, ...]
    by_officer: tuple[Workload, ...]
    by_agency: tuple[Punctuality, ...]
    by_field: tuple[Punctuality, ...]


async def make_report(  # noqa: PLR0913 - what is reported on, each with its own name
    database: Database,
    timekeeper: Timekeeper,
    *,
    now: dt.datetime,
    first: dt.date,
    last: dt.date,
    silent_days: int,
    office: str | None = None,
) -> Report:
    """Read the open dossiers and those finished in the period. `office`: only what it holds.

    `silent_days`: working days without any event after which a dossier counts as silent.
    """
    zone = timekeeper.clock.zone
    begin = dt.datetime.combine(first, dt.time(0), zone)
    end = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(0), zone)
    async with database.unit() as unit:
        open_codes = await unit.dossiers.codes_in(OPEN)
        done_codes = await unit.dossiers.codes_finished(begin, end)
        open_ones = [
            dossier
            for part in _parts(open_codes)
            for dossier, _ in (await unit.dossiers.find(part)).values()
        ]
        done = [
            dossier
            for part in _parts(done_codes)
            for dossier, _ in (await unit.dossiers.find(part)).values()
        ]
    return _told(open_ones, done, timekeeper, now, (first, last), silent_days, office)


def _told(  # noqa: PLR0913, PLR0917 - one sum over everything that was read
    open_ones: Sequence[Dossier],
    done: Sequence[Dossier],
    timekeeper: Timekeeper,
    now: dt.datetime,
    period: tuple[dt.date, dt.date],
    silent_days: int,
    office: str | None,
) -> Report:
    held = [one for one in open_ones if office is None or office in _holders(one)]
    entries = {one.code: _entry(one, timekeeper, now) for one in held}

    def chosen(fits: Callable[[Dossier, Entry], bool]) -> tuple[Entry, ...]:
        found = [entries[one.code] for one in held if fits(one, entries[one.code])]
        return tuple(sorted(found, key=lambda one: (-one.days_over, one.due_at or now, one.code)))

    today = now.astimezone(timekeeper.clock.zone).date()

    def is_due_today(_: Dossier, entry: Entry) -> bool:
        due = entry.due_at
        return (
            due is not None and due >= now and due.astimezone(timekeeper.clock.zone).date() == today
        )

    due_today = chosen(is_due_today)
    overdue = chosen(lambda _, entry: entry.due_at is not None and entry.due_at < now)
    silent = chosen(
        lambda one, entry: (
            one.status is not Status.SUPPLEMENT_REQUESTED and entry.days_silent >= silent_days
        )
    )
    waiting = chosen(lambda one, _: one.status is Status.SUPPLEMENT_REQUESTED)
    return Report(
        at=now,
        first=period[0],
        last=period[1],
        due_today=due_today,
        overdue=overdue,
        silent=silent,
        waiting=waiting,
        by_officer=_workloads(due_today, overdue, silent, waiting),
        asked_again=chosen(lambda one, _: bool(one.asked_again)),
        by_agency=_punctuality(done, timekeeper, _agency),
        by_field=_punctuality(done, timekeeper, lambda one: one.field or "chưa ghi lĩnh vực"),
    )


def _workloads(*lists: Sequence[Entry]) -> tuple[Workload, ...]:
    """The four lists counted by office and officer, the most overdue first."""
    counts = [Counter((entry.office, entry.officer) for entry in entries) for entries in lists]
    due_today, overdue, silent, waiting = counts
    rows = [
        Workload(
            office=one[0],
            officer=one[1],
            due_today=due_today[one],
            overdue=overdue[one],
            silent=silent[one],
            waiting=waiting[one],
        )
        for one in set().union(*counts)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.overdue, row.office, row.officer)))


def _entry(dossier: Dossier, timekeeper: Timekeeper, now: dt.datetime) -> Entry:
    due = timekeeper.due_at(dossier, now)
    holders = dossier.holders
    moved = dossier.moved_at
    officers = [leg.officer for leg in holders if leg.officer] or [dossier.officer]
    return Entry(
        code=dossier.code,
        procedure=dossier.procedure_name,
        office=", ".join(dict.fromkeys(leg.organisation.name for leg in holders))
        or (dossier.receiving.name if dossier.receiving else ""),
        officer=", ".join(filter(None, dict.fromkeys(officers))),
        due_at=due,
        days_over=timekeeper.working_days(due, now) if due and due < now else 0,
        days_silent=timekeeper.working_days(moved, now) if moved and moved < now else 0,
    )


def _holders(dossier: Dossier) -> set[str]:
    named = {leg.organisation.code for leg in dossier.holders}
    return named or ({dossier.receiving.code} if dossier.receiving else set())


def _agency(dossier: Dossier) -> str:
    office = dossier.competent or dossier.receiving
    return office.name if office else "chưa ghi cơ quan"


def _punctuality(
    done: Iterable[Dossier], timekeeper: Timekeeper, named: Callable[[Dossier], str]
) -> tuple[Punctuality, ...]:
    grouped: defaultdict[str, list[Dossier]] = defaultdict(list)
    for dossier in done:
        grouped[named(dossier)].append(dossier)
    rows = []
    for name in sorted(grouped):
        in_time = unknown = 0
        for dossier in grouped[name]:
            ended = dossier.finished_at
            due = timekeeper.due_at(dossier, ended) if ended else None
            unknown += due is None
            in_time += due is not None and ended is not None and ended <= due
        rows.append(
            Punctuality(name=name, finished=len(grouped[name]), in_time=in_time, unknown=unknown)
        )
    return tuple(rows)


def _parts(codes: Sequence[str]) -> Iterable[Sequence[str]]:
    return (codes[start : start + _BATCH] for start in range(0, len(codes), _BATCH))
