"""The fast sum and the slow one agree, and would not if the calendar were wrong."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import replace

from knowledge.timing.calendar import WorkCalendar, shipped_calendar
from knowledge.timing.course import State
from knowledge.timing.hours import Clock
from knowledge.timing.reckoning import reckon
from tests.knowledge.timing import courses, oracle

NOW = dt.datetime(2028, 1, 1, tzinfo=dt.UTC)


def differences(count: int, calendar: WorkCalendar, seed: int = 118) -> Iterator[str]:
    """What the two ways disagree on, over generated courses."""
    chance = random.Random(seed)
    clock = Clock(calendar=calendar)
    for _ in range(count):
        course, policy = courses.course(chance), courses.policy(chance)
        fast, slow = reckon(course, policy, clock, NOW), oracle.due(course, policy)
        if fast.due_at != slow or (slow is None) != (fast.state is State.PAUSED):
            yield f"{course} {policy}: {fast.due_at} and {slow}"


def test_both_sums_agree() -> None:
    assert list(differences(1000, shipped_calendar())) == []


def test_a_calendar_without_its_make_up_saturday_is_found_out() -> None:
    special = dict(shipped_calendar().special)
    del special[dt.date(2026, 1, 10)]
    wrong = differences(4000, replace(shipped_calendar(), special=special))
    assert next(wrong, None) is not None
