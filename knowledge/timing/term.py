"""From a start and a duration to a due moment, with the days that were counted and skipped."""

import calendar as months
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from knowledge.model import Duration, DurationUnit
from knowledge.timing.course import Kind, Line
from knowledge.timing.hours import Clock
from knowledge.timing.policies import Policy

_DAY = dt.timedelta(days=1)
_LONGEST = 2000  # of any unit; what is longer, negative or no number is a slip and sets no term


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """When a term that began ends, and the lines that show it."""

    due_at: dt.datetime
    lines: tuple[Line, ...]


def begin(received: dt.datetime, policy: Policy, clock: Clock) -> tuple[dt.datetime, str]:
    """From when a term counts, and why not from the moment of receipt; empty when it does.

    Before opening counts from opening, in the lunch break from the afternoon, after closing or
    on a day off from the next working morning; after a policy's cut-off as if on the next day.
    """
    local = received.astimezone(clock.zone)
    if policy.cut_off and local.time() >= policy.cut_off and clock.calendar.works(local.date()):
        following = clock.calendar.next_working_day(local.date() + _DAY)
        return clock.stretches(following)[0][0], f"{policy.cut_off:%H:%M}"
    opening = clock.opening(local)
    return opening, "" if opening == local else "closed"


def run(start: dt.datetime, duration: Duration, policy: Policy, clock: Clock) -> Term | None:
    """The end of a term that counts from `start`; None where the duration sets no term."""
    amount = duration.amount
    if amount is None or not 0 <= amount <= _LONGEST:
        return None
    match duration.unit:
        case DurationUnit.WORKING_DAY:
            return _working_days(start, amount, policy, clock)
        case DurationUnit.HOUR:
            end = clock.add(start, dt.timedelta(hours=amount))
            return Term(due_at=end, lines=(Line(kind=Kind.HOURS, at=end, hours=amount),))
        case DurationUnit.DAY:
            last = start.date() + dt.timedelta(days=round(amount))
            line = Line(kind=Kind.CALENDAR_DAYS, first=start.date(), last=last, days=round(amount))
            return _handed_over(last, line, clock)
        case DurationUnit.MONTH | DurationUnit.YEAR:
            ahead = round(amount) * (12 if duration.unit is DurationUnit.YEAR else 1)
            last = _months_after(start.date(), ahead)
            line = Line(kind=Kind.MONTHS, first=start.date(), last=last, days=ahead)
            return _handed_over(last, line, clock)
        case DurationUnit.OTHER:
            return None


def prolong(due: dt.datetime, days: int, clock: Clock) -> Term:
    """The moment so many working days after a due moment, at the same time of day."""
    day = clock.calendar.after(due.date(), days)
    lines = tuple(walk(due.date(), day, clock))
    return Term(due_at=due.replace(year=day.year, month=day.month, day=day.day), lines=lines)


def walk(start: dt.date, end: dt.date, clock: Clock) -> Iterator[Line]:
    """The days after `start` up to and with `end`: counted stretches, and days off with a name."""
    day = start + _DAY
    while day <= end:
        works, name = clock.calendar.works(day), clock.calendar.name_of(day)
        first = day
        names = [name]
        while day < end and clock.calendar.works(day + _DAY) == works:
            following = clock.calendar.name_of(day + _DAY)
            if works and following != name:
                break
            names.append(following)
            day += _DAY
        count = (day - first).days + 1
        note = ", ".join(dict.fromkeys(filter(None, names)))
        kind = Kind.COUNTED if works else Kind.SKIPPED
        yield Line(kind=kind, first=first, last=day, days=count if works else 0, note=note)
        day += _DAY


def _working_days(start: dt.datetime, amount: float, policy: Policy, clock: Clock) -> Term:
    """In halves of days: n days on, the same half. 0 days: the half of the receipt itself."""
    from_morning = clock.is_morning(start)
    halves = round(amount * 2) + (0 if from_morning else 1)
    day = clock.calendar.after(start.date(), halves // 2)
    in_morning = halves % 2 == 0
    lines = list(walk(start.date(), day, clock))
    whole = halves // 2
    if amount > whole or not lines:
        lines.append(Line(kind=Kind.COUNTED, first=day, last=day, days=amount - whole))
    elif amount < whole:  # an afternoon and the next morning are one day: the last one is half
        lines[-1] = replace(lines[-1], days=lines[-1].days - (whole - amount))
    due = clock.closing(day, morning=policy.half_days and in_morning)
    return Term(due_at=due, lines=tuple(lines))


def _handed_over(last: dt.date, line: Line, clock: Clock) -> Term:
    """A result is handed over on a working day: the date moves off days off."""
    day = clock.calendar.next_working_day(last)
    moved = Line(kind=Kind.MOVED, first=last, last=day, note=clock.calendar.name_of(last))
    return Term(due_at=clock.closing(day), lines=(line,) if day == last else (line, moved))


def _months_after(day: dt.date, ahead: int) -> dt.date:
    year, month = divmod(day.month - 1 + ahead, 12)
    year, month = day.year + year, month + 1
    return dt.date(year, month, min(day.day, months.monthrange(year, month)[1]))
