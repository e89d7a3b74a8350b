"""When a dossier is due, and why: every step from the receipt to now. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from knowledge.model import Duration, DurationUnit
from knowledge.timing.course import Course, Kind, Line, Postponement, Reckoning, Request, State
from knowledge.timing.hours import Clock
from knowledge.timing.policies import Policy, Supplement
from knowledge.timing.term import begin, prolong, run

_DAY = dt.timedelta(days=1)
_CALENDAR_UNITS = {DurationUnit.DAY, DurationUnit.MONTH, DurationUnit.YEAR}


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
    for event in _events(course, now):
        if isinstance(event, Request):
            _take_request(total, event, course.duration, policy, clock)
        else:
            total.due_at = event.new_due_at.astimezone(clock.zone)
            total.paused = None
            total.lines.append(Line(kind=Kind.POSTPONED, at=total.due_at))
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


def _events(course: Course, now: dt.datetime) -> list[Request | Postponement]:
    requests = [one for one in course.requests if one.requested_at <= now]
    known = [
        replace(one, answered_at=None) if one.answered_at and one.answered_at > now else one
        for one in requests
    ]
    later = [one for one in course.postponements if one.decided_at <= now]
    dated: list[tuple[dt.datetime, Request | Postponement]] = [
        *((one.requested_at, one) for one in merged(known)),
        *((one.decided_at, one) for one in later),
    ]
    return [event for _, event in sorted(dated, key=lambda one: one[0])]


def _take_request(
    total: _Sum, request: Request, duration: Duration, policy: Policy, clock: Clock
) -> None:
    asked = request.requested_at.astimezone(clock.zone)
    total.lines.append(Line(kind=Kind.REQUESTED, at=asked, last=_window(request, policy, clock)))
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
