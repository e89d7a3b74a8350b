"""Generated courses of dossiers: every unit and rule, with what goes on in an office."""

import datetime as dt
import random

from knowledge.model import Duration, DurationUnit
from knowledge.timing.course import Course, Request
from knowledge.timing.policies import Policy, Supplement
from tests.knowledge.timing.oracle import ZONE

_FIRST = dt.datetime(2025, 1, 2, tzinfo=ZONE)
_DAYS = 620  # receipts lie in 2025 and most of 2026, so that no term leaves the typed calendar
_AMOUNTS = {
    DurationUnit.WORKING_DAY: (0, 0.5, 1, 1.5, 2, 3, 5, 7, 10, 15, 20),
    DurationUnit.HOUR: (1, 4, 8, 24),
    DurationUnit.DAY: (1, 3, 10, 15, 30),
}


def course(chance: random.Random) -> Course:
    """A course with up to two requests for papers that do not overlap."""
    unit = chance.choice(tuple(_AMOUNTS))
    received = _FIRST + dt.timedelta(
        days=chance.randrange(_DAYS), minutes=chance.randrange(24 * 60)
    )
    at = received
    requests = []
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        at += dt.timedelta(minutes=chance.randrange(1, 6 * 24 * 60))
        answered = at + dt.timedelta(minutes=chance.randrange(1, 8 * 24 * 60))
        if chance.random() < 0.05:
            requests.append(Request(requested_at=at))
            break
        requests.append(Request(requested_at=at, answered_at=answered))
        at = answered
    duration = Duration(amount=chance.choice(_AMOUNTS[unit]), unit=unit)
    return Course(received_at=received, duration=duration, requests=tuple(requests))


def policy(chance: random.Random) -> Policy:
    """A policy of any kind."""
    return Policy(
        name="generated",
        procedures=("*",),
        valid_from=dt.date(2000, 1, 1),
        source="generated",
        supplement=chance.choice(tuple(Supplement)),
        half_days=chance.random() < 0.5,
        cut_off=chance.choice((None, None, dt.time(15))),
    )
