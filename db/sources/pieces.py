"""Small things read out of a row: a status by rules, an office, a text, codes in our form."""

import datetime as dt
import re
from collections.abc import Sequence
from hashlib import sha256
from zoneinfo import ZoneInfo

from db.records import Organisation, Status
from db.sources.parts import Condition, Office, Rule
from db.sources.values import Row, Unreadable, Value, moment, plain

_NATIONAL_CODE = re.compile(r"(\d\.\d{6})(?:\.|$)")
"""A procedure's national code, before the local suffix that some systems write behind it."""

_LONGEST_KEY = 80  # of an event, and of an office
_SHOWN = 40  # characters of a source's word in a report


class Skipped(Exception):  # noqa: N818 - a row that a rule leaves out
    """The row is none of our business."""


def status_of(rules: Sequence[Rule], row: Row, word: str | None = None) -> Status:
    """The status by the first rule that fits. Raises Unreadable when none does, or Skipped."""
    known: dict[str, str] = {} if word is None else {"word": word}

    def held(column: str) -> str:
        if column not in known:
            known[column] = plain(row.get(column))
        return known[column]

    for rule in rules:
        for column, test in rule.when.items():
            if not _fits(test, held(column)):
                break
        else:
            if rule.status is None:
                raise Skipped
            return rule.status
    asked = {
        column: held(column)[:_SHOWN]
        for rule in rules
        for column, test in rule.when.items()
        if test.words or test.ends
    }
    told = ", ".join(f"{column} {value!r}" for column, value in asked.items())
    raise Unreadable(f"no status rule fits {told}")


def office_of(office: Office | None, row: Row) -> Organisation | None:
    """The office that a row names; None where it names none."""
    if office is None:
        return None
    if not office.is_of_dossier:
        return _office(office, row)
    if id(office) not in row.offices:
        row.offices[id(office)] = _office(office, row)
    return row.offices[id(office)]


def _office(office: Office, row: Row) -> Organisation | None:
    name, code = office.name.text(row), text_of(office.code, row)
    if not name and not code:
        return None
    return Organisation(code=(code or name)[:_LONGEST_KEY], name=name or code)


def text_of(value: Value | None, row: Row) -> str:
    """A text that the mapping may leave out."""
    return value.text(row) if value else ""


def moment_of(value: Value | None, row: Row, zone: ZoneInfo, name: str) -> dt.datetime | None:
    """A moment that the mapping may leave out. Raises Unreadable with the field's name."""
    return moment(value.raw(row), zone, name) if value else None


def procedure_code(told: str) -> str:
    """The national code of a procedure, or the source's own where it is short enough to keep."""
    national = _NATIONAL_CODE.match(told)
    if national:
        return national[1]
    return told if len(told) <= 20 else ""


def personal_number(told: str) -> str:
    """The 12 digits of a personal number; older, shorter ones prove nothing and are left out."""
    digits = re.sub(r"\D", "", told)
    return digits if len(digits) == 12 else ""


def event_key(told: str) -> str:
    """An event's mark, or the hash of a long one."""
    return told if len(told) <= _LONGEST_KEY else sha256(told.encode()).hexdigest()


def _fits(test: Condition, held: str) -> bool:
    if test.filled is not None and test.filled != bool(held):
        return False
    if test.words and held not in test.words:
        return False
    return not test.ends or held.endswith(test.ends)
