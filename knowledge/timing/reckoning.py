"""When a dossier is due, and why: every step from the receipt to now. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from knowledge.model import Duration, DurationUnit
from knowledge.timing.course import Course, Kind, Line, Postponement, Reckoning, Request, State
from knowledge.timing.hours import Clock
from knowledge.timing.policies import Policy, Supplement
from knowledge.timing.term import begin, prolong, run

_DAY = dt.timedelta(days=1)
_CALENDAR_UNITS = {DurationUnit.DAY, DurationUnit.MONTH, DurationUnit.YEAR}


class _Event(NamedTuple):
    """What moves the clock. `is_rest`: the rest of a wait that was told already."""

    at: dt.datetime
    what: Request | Postponement
    is_rest: bool = False


@dataclass(kw_only=True, slots=True)
class _Sum:
    """A calculation on its way: the due moment so far, and how it came about."""

    due_at: dt.datetime
    lines: list[Line] = field(default_factory=list)
    paused: Request | None = None
    on_resume: int | None = None


def reckon(course: Course, policy: Policy, clock: Clock, now: dt.datetime) -> Reckoning:
    """The deadline of a course under a policy, as it stands at `now`.

    Supplements and postponements are taken in the order in which they happened. What the receipt
    promises is compared and never overwritten: both dates are told when they differ.
    """
    received = course.received_at.astimezone(clock.zone)
    lines = [Line(kind=Kind.RECEIVED, at=received)]
    start, reason = begin(received, policy, clock)
    if reason:
        lines.append(Line(kind=Kind.BEGINS, at=start, note=reason))
    term = run(start, course.duration, policy, clock) if course.duration else None
    if term is None or course.duration is None:
        return _without_term(course, lines, clock)
    total = _Sum(due_at=term.due_at, lines=[*lines, *term.lines])
    for event in _events(course, policy, now):
        if isinstance(event.what, Request):
            _take_request(total, event, event.what, course.duration, policy, clock)
            continue
        total.due_at = event.what.new_due_at.astimezone(clock.zone)
        total.lines.append(Line(kind=Kind.POSTPONED, at=total.due_at))
        if total.paused and policy.supplement is Supplement.PAUSE:
            decided = event.at.astimezone(clock.zone)
            total.on_resume = _on_resume(total, decided, course.duration, clock, restarts=False)
    if len(course.postponements) > policy.extensions:
        total.lines.append(
            Line(kind=Kind.POSTPONED_TOO_OFTEN, days=len(course.postponements) - policy.extensions)
        )
    return _told(course, total, policy, clock, now)


def merged(requests: Sequence[Request]) -> tuple[Request, ...]:
    """Requests in order of time; those that overlap are one, from the first to the last answer."""
    apart: list[Request] = []
    for request in sorted(requests, key=lambda one: one.requested_at):
        last = apart[-1] if apart else None
        if last and (last.answered_at is None or request.requested_at <= last.answered_at):
            answers = [last.answered_at, request.answered_at]
            known = [answer for answer in answers if answer]
            ends = max(known) if len(known) == len(answers) else None
            days = [day for day in (last.respond_by, request.respond_by) if day]
            apart[-1] = replace(last, answered_at=ends, respond_by=max(days, default=None))
        else:
            apart.append(request)
    return tuple(apart)


def _known(course: Course, now: dt.datetime) -> list[Request]:
    """The requests that count by now: after the receipt, before the end, waits that are over.

    A dossier that ended waits for nothing any more; what was asked for after its end moves nothing.
    """
    ends = [one for one in (course.stopped_at, course.ended_at) if one and one <= now]
    horizon = min([*ends, now])
    known = []
    for one in course.requests:
        asked = max(one.requested_at, course.received_at)
        answered = one.answered_at
        if ends and (answered is None or answered > horizon):
            answered = horizon
        elif answered and answered > now:
            answered = None
        before_receipt = answered is not None and answered < course.received_at
        if asked <= horizon and not (before_receipt and one.requested_at < course.received_at):
            known.append(replace(one, requested_at=asked, answered_at=answered))
    return known


def _events(course: Course, policy: Policy, now: dt.datetime) -> list[_Event]:
    """Requests and postponements in order of time.

    A wait during which the date was put off is two waits: the second counts from the new date.
    Where the term restarts, the answer is what moves the date, and it has the answer's time.
    """
    later = [one for one in course.postponements if one.decided_at <= now]
    events = [_Event(one.decided_at, one) for one in later]
    for request in merged(_known(course, now)):
        answered = request.answered_at
        if answered is None or policy.supplement is Supplement.RESTART:
            events.append(_Event(answered or request.requested_at, request))
            continue
        cuts = sorted(one.decided_at for one in later)
        inside = [cut for cut in cuts if request.requested_at < cut < answered]
        for start, end in pairwise([request.requested_at, *inside, answered]):
            part = replace(request, requested_at=start, answered_at=end)
            events.append(_Event(start, part, is_rest=start in inside))
    return sorted(events, key=lambda event: event.at)


def _take_request(  # noqa: PLR0913, PLR0917 - one event over the whole sum
    total: _Sum,
    event: _Event,
    request: Request,
    duration: Duration,
    policy: Policy,
    clock: Clock,
) -> None:
    asked = request.requested_at.astimezone(clock.zone)
    if not event.is_rest:
        last = _window(request, policy, clock)
        total.lines.append(Line(kind=Kind.REQUESTED, at=asked, last=last))
    restarts = policy.supplement is Supplement.RESTART
    if asked > total.due_at:
        total.lines.append(Line(kind=Kind.REQUESTED_LATE, at=total.due_at))
        if not restarts:
            return
    if request.answered_at is None:
        total.paused = request
        total.on_resume = _on_resume(total, asked, duration, clock, restarts=restarts)
        return
    answered = request.answered_at.astimezone(clock.zone)
    if answered < asked:
        total.lines.append(Line(kind=Kind.ANSWERED_FIRST, at=answered))
        return
    if restarts:
        start, _ = begin(answered, policy, clock)
        term = run(start, duration, policy, clock)
        if term:
            total.due_at = term.due_at
            total.lines += [Line(kind=Kind.RESTARTED, at=start), *term.lines]
        return
    _add_pause(total, asked, answered, duration, clock)


def _on_resume(
    total: _Sum, asked: dt.datetime, duration: Duration, clock: Clock, *, restarts: bool
) -> int | None:
    """Working days that the office has once the papers are there; None for other units."""
    if restarts:
        in_days = duration.unit is DurationUnit.WORKING_DAY and duration.amount
        return ceil(duration.amount or 0) if in_days else None
    return clock.calendar.count(asked.date() + _DAY, total.due_at.date() + _DAY)


def _add_pause(
    total: _Sum, asked: dt.datetime, answered: dt.datetime, duration: Duration, clock: Clock
) -> None:
    """The time from the request up to the answer: in the unit in which the term runs."""
    if duration.unit is DurationUnit.HOUR:
        added = clock.between(asked, answered)
        total.due_at = clock.add(total.due_at, added)
        hours = added.total_seconds() / 3600
        total.lines.append(Line(kind=Kind.ADDED, at=total.due_at, hours=hours))
        return
    if duration.unit in _CALENDAR_UNITS:
        days = (answered.date() - asked.date()).days
        last = total.due_at.date() + dt.timedelta(days=days)
        day = clock.calendar.next_working_day(last)
        total.lines.append(Line(kind=Kind.ADDED, first=asked.date(), last=last, days=days))
        if day != last:
            total.lines.append(
                Line(kind=Kind.MOVED, first=last, last=day, note=clock.calendar.name_of(last))
            )
        total.due_at = clock.closing(day)
        return
    days = clock.calendar.count(asked.date(), answered.date())
    term = prolong(total.due_at, days, clock)
    last = answered.date() - _DAY
    total.lines.append(Line(kind=Kind.ADDED, first=asked.date(), last=last, days=days))
    total.lines += term.lines
    total.due_at = term.due_at


def _window(request: Request, policy: Policy, clock: Clock) -> dt.date | None:
    """The last day for papers: what the request says, or what the policy allows."""
    if request.respond_by or policy.window_days is None:
        return request.respond_by
    asked = request.requested_at.astimezone(clock.zone).date()
    return clock.calendar.after(asked, policy.window_days)


def _told(course: Course, total: _Sum, policy: Policy, clock: Clock, now: dt.datetime) -> Reckoning:
    end = course.stopped_at or course.ended_at
    state = State.RUNNING
    if end is not None and end <= now:
        state = State.STOPPED if course.stopped_at else State.ENDED
    elif total.paused:
        paused = total.paused
        return Reckoning(
            state=State.PAUSED,
            due_at=None,
            lines=tuple(total.lines),
            days_on_resume=total.on_resume,
            respond_by=_window(paused, policy, clock),
        )
    due, lines = total.due_at, total.lines
    lines.append(Line(kind=Kind.DUE, at=due))
    if course.promised_at and _differs(course.promised_at, due, clock):
        promised = course.promised_at.astimezone(clock.zone)
        lines.append(Line(kind=Kind.RECEIPT_DIFFERS, at=promised))
    lines += _unannounced(course.received_at, due, clock)
    seen = end if state is not State.RUNNING and end else now
    if state is not State.RUNNING:
        kind = Kind.STOPPED if state is State.STOPPED else Kind.ENDED
        lines.append(Line(kind=kind, at=seen.astimezone(clock.zone)))
    today = seen.astimezone(clock.zone).date()
    return Reckoning(
        state=state,
        due_at=due,
        lines=tuple(lines),
        is_late=seen > due,
        days_left=clock.calendar.count(today + _DAY, due.date() + _DAY),
        days_over=clock.calendar.count(due.date() + _DAY, today + _DAY),
    )


def _without_term(course: Course, lines: list[Line], clock: Clock) -> Reckoning:
    lines.append(Line(kind=Kind.NO_TERM))
    if course.promised_at:
        promised = course.promised_at.astimezone(clock.zone)
        lines.append(Line(kind=Kind.RECEIPT_DIFFERS, at=promised))
    return Reckoning(state=State.NO_TERM, due_at=None, lines=tuple(lines))


def _differs(promised: dt.datetime, due: dt.datetime, clock: Clock) -> bool:
    """Whether the receipt says another day; another hour of the same day is no difference."""
    return promised.astimezone(clock.zone).date() != due.date()


def _unannounced(received: dt.datetime, due: dt.datetime, clock: Clock) -> list[Line]:
    years = range(received.astimezone(clock.zone).year, due.year + 1)
    return [
        Line(kind=Kind.UNANNOUNCED, note=str(year))
        for year in years
        if year > clock.calendar.official_until
    ]
