"""Which days are working days for state offices, why a day is none, and how sure that is."""

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from holidays import country_holidays

from knowledge.problems import Problem
from knowledge.timing.entries import read_entries

_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_AHEAD = dt.timedelta(days=60)  # how early a missing calendar of the coming year is told


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecialDay:
    """A day that is not what its weekday or the public calendar says, and who ordered it."""

    date: dt.date
    works: bool
    name: str
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkCalendar:
    """Weekly rest, public holidays (library `holidays`), make-up days, and days by order.

    `rest` holds ISO weekdays. What an order says of a day goes before everything else. The
    holidays and swaps of years after `official_until` are a forecast: nobody has announced them.
    """

    special: Mapping[dt.date, SpecialDay]
    official_until: int
    rest: frozenset[int] = frozenset({6, 7})

    def works(self, day: dt.date) -> bool:
        """Whether the day is a working day."""
        ordered = self.special.get(day)
        if ordered is not None:
            return ordered.works
        holidays, make_up = _public(day.year)
        return day not in holidays and (day in make_up or day.isoweekday() not in self.rest)

    def name_of(self, day: dt.date) -> str:
        """Why the day is no working day, or why it is one in spite of its weekday; else empty."""
        ordered = self.special.get(day)
        if ordered is not None:
            return ordered.name
        holidays, make_up = _public(day.year)
        if day in holidays:
            return holidays[day]
        if day in make_up:
            return "làm bù"
        return _WEEKDAYS[day.isoweekday() - 1] if day.isoweekday() in self.rest else ""

    def next_working_day(self, day: dt.date) -> dt.date:
        """The day itself when it works, or the first working day after it."""
        while not self.works(day):
            day += dt.timedelta(days=1)
        return day

    def after(self, day: dt.date, count: int) -> dt.date:
        """The `count`th working day after `day`; `day` itself, whatever it is, for 0."""
        for _ in range(count):
            day = self.next_working_day(day + dt.timedelta(days=1))
        return day

    def count(self, first: dt.date, end: dt.date) -> int:
        """Working days from `first` up to, and without, `end`; 0 when there are none."""
        days = (end - first).days
        return sum(self.works(first + dt.timedelta(days=ahead)) for ahead in range(days))

    def unannounced(self, now: dt.date) -> int | None:
        """The year that comes within 60 days, or is here, and has no official calendar yet."""
        years = (now.year, (now + _AHEAD).year)
        return next((year for year in years if year > self.official_until), None)

    def with_days(self, days: Iterable[SpecialDay]) -> "WorkCalendar":
        """This calendar with an office's own days over it."""
        own = {day.date: day for day in days}
        return replace(self, special=MappingProxyType({**self.special, **own}))


@cache
def shipped_calendar() -> WorkCalendar:
    """The calendar of state offices as far as it was announced when this was released."""
    raw = tomllib.loads((files("knowledge.timing") / "calendar.toml").read_text("utf-8"))
    days, problems = read_days("calendar.toml", raw)
    if problems:
        raise ValueError("; ".join(map(str, problems)))
    return WorkCalendar(
        special=MappingProxyType({day.date: day for day in days}),
        official_until=raw["official_until"],
    )


def read_days(
    file: str, raw: Mapping[str, Any]
) -> tuple[tuple[SpecialDay, ...], tuple[Problem, ...]]:
    """The `[[day]]` entries of a parsed TOML file, and what is wrong with others."""
    advice = "A day has date, works (true or false), name and source."
    return read_entries(file, raw, "day", SpecialDay, advice)


@cache
def _public(year: int) -> tuple[Mapping[dt.date, str], frozenset[dt.date]]:
    """Public holidays with their names, and days off that are worked in exchange."""
    found = country_holidays("VN", years=year, language="vi")
    return MappingProxyType(dict(found)), frozenset(found.weekend_workdays)
