"""When a consultation message is free, when it costs, and when it is refused."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FREE_FOR = dt.timedelta(hours=48)
"""After the last message, follow, press or call of a person; without a limit since 1/1/2026."""

OPEN_FOR = dt.timedelta(days=7)
"""After it only template messages reach the person; a consultation message gets -230."""


class Standing(StrEnum):
    """What a message to a person would be now."""

    FREE = "free"
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """How a person stands, and until when."""

    standing: Standing
    until: dt.datetime | None


def window_at(last_interaction: dt.datetime | None, now: dt.datetime) -> Window:
    """The window that a last interaction leaves; None never interacted."""
    if last_interaction is None or now >= last_interaction + OPEN_FOR:
        return Window(standing=Standing.CLOSED, until=None)
    if now >= last_interaction + FREE_FOR:
        return Window(standing=Standing.PAID, until=last_interaction + OPEN_FOR)
    return Window(standing=Standing.FREE, until=last_interaction + FREE_FOR)


def last_interaction_in(data: object) -> dt.datetime | None:
    """The moment in an answer about a person's quota: milliseconds, as a text or a number."""
    for part in data if isinstance(data, list) else [data]:
        stamp = _stamp(part) if isinstance(part, dict) else None
        if stamp is not None:
            return stamp
    return None


def _stamp(part: Mapping[str, Any]) -> dt.datetime | None:
    digits = str(part.get("last_interaction", ""))
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 14 or int(digits) == 0:
        return None
    return dt.datetime.fromtimestamp(int(digits) / 1000, dt.UTC)
