"""The office behind the desk: who to call, where to go, when it is open."""

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, TypeAdapter, ValidationError

from bot.errors import Refusal
from knowledge.model import Procedure
from knowledge.phrasebook import Phrasebook, read_phrasebook, shipped_phrasebook, unknown_codes
from knowledge.problems import Problem, Severity
from knowledge.timing.calendar import shipped_calendar

_SHOWN = 5  # problems of a phrase file that are told at once
_DAYS_AHEAD = 15  # longer than Tết: the next opening is always within it


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenHours:
    """One stretch of opening time; local wall-clock time, closing excluded."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    opens: dt.time
    closes: dt.time


_MORNING = OpenHours(opens=dt.time(7), closes=dt.time(11, 30))
_AFTERNOON = OpenHours(opens=dt.time(13, 30), closes=dt.time(17))


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """Contact and hours. Empty texts mean that the office has not said; nothing is made up.

    The hours are those that provincial systems use by default: 07:00 to 11:30 and 13:30 to 17:00
    on working days. `weekdays` counts Monday as 1.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: str = ""
    address: str = ""
    phone: str = ""
    note: str = ""
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5)
    hours: tuple[OpenHours, ...] = (_MORNING, _AFTERNOON)
    timezone: str = "Asia/Ho_Chi_Minh"
    province: str = "Quảng Ngãi"
    """The province of today whose old places are known; Kon Tum is part of Quảng Ngãi now."""
    closed_on: tuple[dt.date, ...] = field(default=())
    """Days on which the office is closed beside its weekly rest and the public holidays."""

    @property
    def has_spoken(self) -> bool:
        """Whether the office has told anything of itself; otherwise its hours are a custom."""
        return bool(self.name or self.address or self.phone)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the office's clock runs."""
        return ZoneInfo(self.timezone)

    def is_open(self, now: dt.datetime) -> bool:
        """Whether somebody is at the desk at this moment (`now` is aware)."""
        local = now.astimezone(self.zone)
        return self._works_on(local.date()) and any(
            stretch.opens <= local.time() < stretch.closes for stretch in self.hours
        )

    def next_opening(self, now: dt.datetime) -> dt.datetime | None:
        """When the desk opens next, in local time; None when not within two weeks."""
        local = now.astimezone(self.zone)
        for ahead in range(_DAYS_AHEAD):
            day = local.date() + dt.timedelta(days=ahead)
            if not self._works_on(day):
                continue
            for stretch in self.hours:
                opening = dt.datetime.combine(day, stretch.opens, self.zone)
                if opening > local:
                    return opening
        return None

    def _works_on(self, day: dt.date) -> bool:
        if day in self.closed_on:
            return False
        calendar = replace(shipped_calendar(), rest=frozenset(range(1, 8)) - set(self.weekdays))
        return calendar.works(day)


def read_office(path: Path | None) -> Office:
    """Read an office's file, or give the office that has said nothing of itself."""
    if path is None:
        return Office()
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
        office = TypeAdapter(Office).validate_python(raw)
        _ = office.zone
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(
            f"MOTCUA_OFFICE names {path}, which cannot be read ({error}). "
            "Give the path of a readable TOML file."
        ) from None
    except (tomllib.TOMLDecodeError, ValidationError, KeyError, ValueError) as error:
        raise Refusal(
            f"The office file {path} does not fit: {error}. docs/office.example.toml shows one."
        ) from None
    return office


def read_phrases(path: Path | None) -> Phrasebook:
    """What people say, as it ships, with an office's own file merged over it.

    Raises Refusal that names the lines which cannot be used; nothing of such a file is used.
    """
    shipped = shipped_phrasebook()
    if path is None:
        return shipped
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(
            f"MOTCUA_PHRASES names {path}, which cannot be read ({error}). "
            "Give the path of a readable text file in UTF-8."
        ) from None
    reading = read_phrasebook(path.name, text)
    wrong = [one for one in reading.problems if one.severity is Severity.ERROR]
    if wrong:
        more = f" And {len(wrong) - _SHOWN} more." if len(wrong) > _SHOWN else ""
        raise Refusal("\n".join(map(str, wrong[:_SHOWN])) + more)
    return shipped.merged_with(reading.phrasebook)


def phrases_without_procedure(path: Path | None, current: Iterable[Procedure]) -> list[Problem]:
    """The lines of an office's phrase file whose code no procedure in force has."""
    if path is None:
        return []
    text = path.read_text("utf-8-sig")
    return unknown_codes(path.name, text, (one.code for one in current))
