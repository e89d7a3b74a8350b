"""A slow, separate way to the same due moment: minute by minute over a list of days typed here."""

import datetime as dt
from zoneinfo import ZoneInfo

from knowledge.model import DurationUnit
from knowledge.timing.course import Course
from knowledge.timing.policies import Policy, Supplement

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFF = [
    "2025-01-01",
    "2025-01-27",
    "2025-01-28",
    "2025-01-29",
    "2025-01-30",
    "2025-01-31",
    "2025-04-07",
    "2025-04-30",
    "2025-05-01",
    "2025-05-02",
    "2025-09-01",
    "2025-09-02",
    "2026-01-01",
    "2026-01-02",
    "2026-02-16",
    "2026-02-17",
    "2026-02-18",
    "2026-02-19",
    "2026-02-20",
    "2026-04-27",
    "2026-04-30",
    "2026-05-01",
    "2026-08-31",
    "2026-09-01",
    "2026-09-02",
    "2026-11-24",
]
ON = ["2025-04-26", "2026-01-10", "2026-08-22"]
"""Public holidays on weekdays, and Saturdays worked in exchange, of 2025 and 2026."""


def works(day: dt.date) -> bool:
    text = day.isoformat()
    return text in ON or (day.weekday() < 5 and text not in OFF)


def is_open(moment: dt.datetime) -> bool:
    minute = moment.hour * 60 + moment.minute
    return works(moment.date()) and (420 <= minute < 690 or 810 <= minute < 1020)


def due(course: Course, policy: Policy) -> dt.datetime | None:
    """The due moment of a course whose requests do not overlap; None while one is open."""
    if course.duration is None or course.duration.amount is None:
        return None
    at = _term(_begin(course.received_at, policy), course, policy)
    for request in sorted(course.requests, key=lambda one: one.requested_at):
        asked = request.requested_at.astimezone(ZONE)
        if policy.supplement is Supplement.PAUSE and asked > at:
            continue
        if request.answered_at is None:
            return None
        answered = request.answered_at.astimezone(ZONE)
        if policy.supplement is Supplement.RESTART:
            at = _term(_begin(answered, policy), course, policy)
        else:
            at = _paused(at, asked, answered, course)
    return at


def _begin(moment: dt.datetime, policy: Policy) -> dt.datetime:
    at = moment.astimezone(ZONE)
    if policy.cut_off and works(at.date()) and at.time() >= policy.cut_off:
        at = dt.datetime.combine(at.date() + dt.timedelta(days=1), dt.time(0), ZONE)
    if is_open(at):
        return at
    at = at.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    while not is_open(at):
        at += dt.timedelta(minutes=1)
    return at


def _term(start: dt.datetime, course: Course, policy: Policy) -> dt.datetime:
    duration = course.duration
    assert duration is not None
    assert duration.amount is not None
    amount = duration.amount
    if duration.unit is DurationUnit.HOUR:
        return _ticks(start, round(amount * 60))
    if duration.unit is DurationUnit.DAY:
        return _end(_onto(start.date() + dt.timedelta(days=round(amount))))
    day, afternoon = start.date(), start.hour >= 12
    for _ in range(round(amount * 2)):
        if afternoon:
            day = _onto(day + dt.timedelta(days=1))
        afternoon = not afternoon
    if policy.half_days and not afternoon:
        return dt.datetime.combine(day, dt.time(11, 30), ZONE)
    return _end(day)


def _paused(
    at: dt.datetime, asked: dt.datetime, answered: dt.datetime, course: Course
) -> dt.datetime:
    assert course.duration is not None
    if course.duration.unit is DurationUnit.HOUR:
        open_minutes, walk = 0, asked
        while walk < answered:
            open_minutes += is_open(walk)
            walk += dt.timedelta(minutes=1)
        return _ticks(at, open_minutes)
    if course.duration.unit is DurationUnit.DAY:
        return _end(_onto(at.date() + (answered.date() - asked.date())))
    day = asked.date()
    while day < answered.date():
        if works(day):
            at = dt.datetime.combine(_onto(at.date() + dt.timedelta(days=1)), at.time(), ZONE)
        day += dt.timedelta(days=1)
    return at


def _ticks(at: dt.datetime, minutes: int) -> dt.datetime:
    while minutes:
        if is_open(at):
            minutes -= 1
        at += dt.timedelta(minutes=1)
    return at


def _onto(day: dt.date) -> dt.date:
    while not works(day):
        day += dt.timedelta(days=1)
    return day


def _end(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(17), ZONE)
