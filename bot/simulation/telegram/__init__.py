"""A fake Telegram: the Bot API for one token, with people to act as and faults to meet."""

from bot.simulation.telegram.faults import (
    HUNG_UP_AFTER,
    HUNG_UP_BEFORE,
    LOST_AFTER,
    LOST_BEFORE,
    Fault,
    broken,
    refusal,
    too_many,
)
from bot.simulation.telegram.people import Group, Person
from bot.simulation.telegram.server import TOKEN, Call, FakeTelegram

__all__ = [
    "HUNG_UP_AFTER",
    "HUNG_UP_BEFORE",
    "LOST_AFTER",
    "LOST_BEFORE",
    "TOKEN",
    "Call",
    "FakeTelegram",
    "Fault",
    "Group",
    "Person",
    "broken",
    "refusal",
    "too_many",
]
