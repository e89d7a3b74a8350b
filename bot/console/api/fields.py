"""The kinds of values that the API takes: bounded, exact, each refused with what it needs."""

import datetime as dt
import re
from contextlib import suppress
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from db.dossier_codes import is_dossier_code
from db.records import Status

YEARS = (1990, 2100)
"""Years that a dossier's dates can have; others are slips."""

_PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""Text without control characters: line breaks and tabs stay."""

_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _plain(text: str) -> str:
    if not re.fullmatch(_PLAIN[1:-1], text):
        raise ValueError("it holds control characters; take them out")
    return text


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("it is blank; write it, or leave the dossier out")
    return text


def _dossier_code(text: str) -> str:
    if not is_dossier_code(text):
        raise ValueError("it is no dossier code; write it like H48.14-261120-0012")
    return text


def _moment(value: object) -> dt.datetime:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        with suppress(ValueError):
            return dt.datetime.fromisoformat(value.upper())
    raise ValueError("it needs the form 2026-11-20T09:30:00+07:00, with its zone")


def _day(value: object) -> dt.date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        with suppress(ValueError):
            return dt.date.fromisoformat(value)
    raise ValueError("it needs the form 2026-11-20")


def _status(value: object) -> Status:
    if type(value) is int:
        with suppress(ValueError):
            return Status(value)
    raise ValueError("it is no national status; send a number from 1 to 10")


def _likely_year(value: dt.date) -> dt.date:
    if not YEARS[0] <= value.year <= YEARS[1]:
        raise ValueError(f"its year is not one of {YEARS[0]} to {YEARS[1]}")
    return value


Text = Annotated[
    str,
    StringConstraints(max_length=4_000),
    AfterValidator(_plain),
    Field(json_schema_extra={"pattern": _PLAIN}),
]
"""Words that may be long, or empty."""

Line = Annotated[
    str,
    StringConstraints(max_length=400),
    AfterValidator(_plain),
    Field(json_schema_extra={"pattern": _PLAIN}),
]
"""A name or a title, or empty."""

Name = Annotated[Line, StringConstraints(min_length=1), AfterValidator(_said)]
"""A name that must be there."""

DossierCode = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(_dossier_code),
    Field(
        description="The dossier's code (mã hồ sơ), in one of the two national forms.",
        examples=["H48.14-261120-0012", "000.14.25.H48-261120-0012"],
    ),
]

EventKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=80),
    AfterValidator(_plain),
    Field(
        json_schema_extra={"pattern": _PLAIN},
        description="The event's own mark in your system: the same comes into the history once.",
    ),
]

Moment = Annotated[
    dt.datetime,
    BeforeValidator(_moment),
    AfterValidator(_likely_year),
    Field(description="With its zone.", examples=["2026-11-20T09:30:00+07:00"]),
]

Day = Annotated[dt.date, BeforeValidator(_day), AfterValidator(_likely_year)]

StatusNumber = Annotated[
    Status,
    BeforeValidator(_status),
    Field(
        description="National status: 1 registered, 2 received, 3 refused, 4 in progress, "
        "5 papers requested, 6 payment requested, 7 withdrawn, 8 stopped, 9 done, 10 returned."
    ),
]
