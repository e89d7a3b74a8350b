"""How far a source has been read: the place to read on from, and its JSON."""

import datetime as dt
import json
from dataclasses import dataclass, replace
from decimal import Decimal

Mark = dt.datetime | int | str
"""What tells that a row changed: a moment, a running number, or (SQLite) a moment as text."""

AHEAD = dt.timedelta(minutes=10)
"""How far a source's clock may run ahead of ours. Marks behind that are slips: their rows are
read, but reading goes on from the marks before them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reached:
    """`at` is the newest mark seen and `key` the last row with it; None: none of these rows yet.

    While the first load runs (`is_loading`), `key` counts alone and `at` is where the reading of
    changes will begin. `since` is our clock when `at` was first seen; once we have looked later
    than that by more than the overlap (`is_settled`), nothing older is expected any more. `by`
    are the table and the columns that all of this is about.
    """

    by: tuple[str, ...]
    at: Mark | None = None
    key: int | str | None = None
    is_loading: bool = True
    since: dt.datetime | None = None
    is_settled: bool = False

    def begin(self, overlap: dt.timedelta) -> "Reached":
        """Where a look begins: again before the newest mark, until that has settled."""
        if self.is_loading or self.is_settled or self.at is None:
            return self
        return replace(self, at=_earlier(self.at, overlap), key=None)

    def at_row(self, at: Mark | None, key: int | str) -> "Reached":
        """Having read one more row; what is new has not settled."""
        if self.is_loading or at == self.at:
            return replace(self, key=key)
        return replace(self, at=at, key=key, since=None, is_settled=False)

    def further(self, other: "Reached") -> "Reached":
        """The one of both that lies further on; a look that reads again takes nothing back."""
        if self.is_loading or self.at is None or other.at is None:
            return other
        return self if other.at < self.at else other  # type: ignore[operator]  # of one column

    def end(self, seen: "Reached", now: dt.datetime, overlap: dt.timedelta) -> "Reached":
        """What to keep after a look, begun at `now`, that has `seen` everything there is."""
        last = self.further(seen)
        if last.at is None:
            return Reached(by=self.by)
        key = None if last.is_loading else last.key
        if self.is_loading or last.at != self.at or self.since is None:
            return Reached(by=self.by, at=last.at, key=key, is_loading=False, since=now)
        is_settled = self.is_settled or now - self.since > overlap
        return replace(self, key=key, is_settled=is_settled)

    def dump(self) -> str:
        """As JSON."""
        at = {"moment": self.at.isoformat()} if isinstance(self.at, dt.datetime) else self.at
        since = self.since.isoformat() if self.since else None
        told = {"by": self.by, "at": at, "key": self.key, "is_loading": self.is_loading}
        return json.dumps(told | {"since": since, "is_settled": self.is_settled})

    @classmethod
    def load(cls, text: str, by: tuple[str, ...]) -> "Reached":
        """From JSON; the beginning where it is about other columns, or there is none."""
        told = json.loads(text) if text else {}
        if not told or tuple(told["by"]) != by:
            return cls(by=by)
        at, since = told["at"], told["since"]
        return cls(
            by=by,
            at=dt.datetime.fromisoformat(at["moment"]) if isinstance(at, dict) else at,
            key=told["key"],
            is_loading=told["is_loading"],
            since=dt.datetime.fromisoformat(since) if since else None,
            is_settled=told["is_settled"],
        )


def mark_of(raw: object) -> Mark | None:
    """What a cursor column holds as a mark. Raises TypeError for what can be none."""
    if raw is None or isinstance(raw, dt.datetime | int):
        return raw
    if isinstance(raw, Decimal) and raw == raw.to_integral_value():
        return int(raw)
    if isinstance(raw, dt.date):
        return dt.datetime.combine(raw, dt.time())
    if isinstance(raw, str):
        dt.datetime.fromisoformat(raw)
        return raw
    raise TypeError(type(raw).__name__)


def _earlier(at: Mark, overlap: dt.timedelta) -> Mark:
    if isinstance(at, dt.datetime):
        return at - overlap
    if isinstance(at, int):  # of running numbers, as many as the overlap has seconds
        return at - int(overlap.total_seconds())
    return (dt.datetime.fromisoformat(at) - overlap).isoformat(sep=" ")


def is_after(at: Mark, moment: dt.datetime) -> bool:
    """Whether a mark lies behind a moment, which is in the zone of marks that name none."""
    if isinstance(at, int):
        return False
    told = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
    return told > (moment if told.tzinfo else moment.replace(tzinfo=None))


def like(at: Mark, moment: dt.datetime) -> Mark:
    """A moment in the form that a mark has: with or without a zone, or as text."""
    if isinstance(at, dt.datetime) and at.tzinfo:
        return moment
    local = moment.replace(tzinfo=None)
    return local.isoformat(sep=" ") if isinstance(at, str) else local
