"""Which dropped files stand still: half-written ones are left alone."""

from collections.abc import Mapping
from dataclasses import dataclass

STILL_SECONDS = 5.0
"""How long neither size nor time of change may move before a file is taken."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What a file looked like, and since when it looks so (monotonic seconds)."""

    size: int
    changed: int
    since: float


Seen = Mapping[str, Look]
"""What was in the folder at the last look, by name."""


def look_again(
    seen: Seen, listing: Mapping[str, tuple[int, int]], now: float
) -> tuple[dict[str, Look], list[str]]:
    """What is seen now, and the names of those that stand still, in order.

    `listing` holds size and time of change by name. An empty file is not taken: its writer has
    only begun.
    """
    looks = {}
    for name, (size, changed) in listing.items():
        before = seen.get(name)
        moved = before is None or (before.size, before.changed) != (size, changed)
        since = now if before is None or moved else before.since
        looks[name] = Look(size=size, changed=changed, since=since)
    still = [
        name for name, look in looks.items() if look.size and now - look.since >= STILL_SECONDS
    ]
    return looks, sorted(still)
