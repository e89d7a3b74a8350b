"""The clock of an office: opening hours, half days, working time between moments."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from knowledge.timing.calendar import WorkCalendar

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

HOURS_A_DAY = 8
"""Working hours that count as one working day."""

_NOON = dt.time(12, 30)  # a stretch that begins before it belongs to the morning


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A piece of opening time on a day; local wall-clock time, the end excluded."""

    opens: dt.time
    closes: dt.time


STANDARD = (
    Stretch(opens=dt.time(7), closes=dt.time(11, 30)),
    Stretch(opens=dt.time(13, 30), closes=dt.time(17)),
)
"""What provincial systems use where an office says nothing: 8 hours a day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """A calendar with the hours of each working day, in one time zone.

    `valid_from` dates the hours; where an office changed them, the newest that is valid counts.
    """

    calendar: WorkCalendar
    hours: tuple[tuple[dt.date, tuple[Stretch, ...]], ...] = ((dt.date.min, STANDARD),)
    zone: ZoneInfo = VIETNAM

    def stretches(self, day: dt.date) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
        """When the office is open on that day; nothing on a day off."""
        if not self.calendar.works(day):
            return ()
        valid = max((one for one in self.hours if one[0] <= day), key=lambda one: one[0])
        return tuple(
            (
                dt.datetime.combine(day, stretch.opens, self.zone),
                dt.datetime.combine(day, stretch.closes, self.zone),
            )
            for stretch in valid[1]
        )

    def opening(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself while the office is open, or when it opens next; local time."""
        local = moment.astimezone(self.zone)
        start, _ = next(self._open_from(local))
        return max(start, local)

    def closing(self, day: dt.date, *, morning: bool = False) -> dt.datetime:
        """When a working day ends, or its morning. Raises ValueError on a day off."""
        stretches = self.stretches(day)
        if not stretches:
            raise ValueError(f"{day} is no working day.")
        ends = [end for start, end in stretches if not morning or start.time() < _NOON]
        return ends[-1] if ends else stretches[-1][1]

    def is_morning(self, moment: dt.datetime) -> bool:
        """Whether a moment belongs to the first half of its day."""
        return moment.astimezone(self.zone).time() < _NOON

    def add(self, start: dt.datetime, working: dt.timedelta) -> dt.datetime:
        """The moment at which so much working time has passed since `start`."""
        left = working
        if not left:
            return start.astimezone(self.zone)
        for opens, closes in self._open_from(start.astimezone(self.zone)):
            begin = max(opens, start.astimezone(self.zone))
            if left <= closes - begin:
                return begin + left
            left -= closes - begin
        raise AssertionError("Offices open again and again.")

    def between(self, first: dt.datetime, last: dt.datetime) -> dt.timedelta:
        """Working time from one moment to a later one; nothing when it is not later."""
        total = dt.timedelta()
        if last <= first:
            return total
        first, last = first.astimezone(self.zone), last.astimezone(self.zone)
        for opens, closes in self._open_from(first):
            if opens >= last:
                return total
            total += min(closes, last) - max(opens, first)
        return total

    def _open_from(self, local: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """Stretches of opening time that end after a moment, for ever."""
        day = local.date()
        while True:
            for opens, closes in self.stretches(day):
                if closes > local:
                    yield opens, closes
            day += dt.timedelta(days=1)
