"""Where a mapping takes a value from, and what its text, moment, day or number is."""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from db.records import Organisation

_IDENTIFIER = re.compile(
    r"(?:[A-Za-z_][A-Za-z0-9_]{0,63}\.)?[A-Za-z_][A-Za-z0-9_$]{0,63}", re.ASCII
)
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DAY_FIRST = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_YEARS = (1990, 2100)
"""Years that a dossier's dates can have; others are slips of the keyboard."""

_LONGEST_TEXT = 4_000
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_MOST = 10**15  # đồng; more is a slip, and no database keeps it
_LARGEST_XML = 4 * 1024 * 1024


class Unreadable(Exception):  # noqa: N818 - it says what is wrong with a row
    """Why a row cannot be read, in words without anything personal."""


def _identifier(name: str) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise ValueError("it needs the name of a column, or TABLE.COLUMN of a joined table")
    return name


def _path(path: str) -> str:
    if path:
        try:
            ET.Element("x").find("." if path.startswith("@") else path.partition("/@")[0])
        except (SyntaxError, TypeError, KeyError):  # what it raises depends on the slip
            raise ValueError("it needs a path such as next_task/@group_name") from None
    return path


Identifier = Annotated[str, AfterValidator(_identifier)]


OWN = "dossier."
"""What a column of the dossier's own row begins with where another table is read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of a list by the mapping's names for its columns, and the dossier's `own` row.

    `element`: the entry of an XML list. `documents` and `offices`: what was read for this dossier
    already, by column and by who asked.
    """

    values: Mapping[str, object]
    own: Mapping[str, object]
    element: ET.Element | None = None
    documents: dict[str, ET.Element] = field(default_factory=dict)
    offices: dict[int, Organisation | None] = field(default_factory=dict)

    def get(self, name: str) -> object:
        """What stands in a column."""
        if name in self.values:
            return self.values[name]
        return self.own[name.removeprefix(OWN)]

    def xml(self, column: str) -> ET.Element | None:
        """The XML document in a column of the dossier's own row; None where there is none."""
        if column not in self.documents:
            held = self.own[column.removeprefix(OWN)]
            if held is None or _is_blank(held):
                return None
            self.documents[column] = xml_of(held)
        return self.documents[column]


class Value(BaseModel):
    """The first of `columns` that holds anything, or what is `fixed`.

    `xml`: a path into the XML that the columns hold; without columns, into the entry of an XML
    list. `after`: only what follows the last of these marks. `words`: what the words of the
    source are in ours; others stand as they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[Identifier, ...] = ()
    fixed: str = ""
    xml: Annotated[str, AfterValidator(_path)] = ""
    after: str = ""
    words: Mapping[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, given: object) -> object:
        """`"A"` and `["A", "B"]` stand for `{columns = […]}`."""
        if isinstance(given, str):
            return {"columns": [given]}
        return {"columns": given} if isinstance(given, list) else given

    @model_validator(mode="after")
    def _has_one_origin(self) -> "Value":
        if bool(self.columns or self.xml) == bool(self.fixed):
            raise ValueError("it needs columns, a path into XML, or a fixed text")
        return self

    def raw(self, row: Row) -> object:
        """What the source says, or None where it says nothing."""
        if self.xml:
            return self._in_xml(row)
        for column in self.columns:
            found = row.get(column)
            if found is not None and found != "" and not _is_blank(found):
                return found
        return None

    def _in_xml(self, row: Row) -> str | None:
        """What stands at the path in the entry of a list, or in the first column that has it."""
        if not self.columns:
            return None if row.element is None else xml_text(row.element, self.xml)
        for column in self.columns:
            document = row.xml(column)
            found = None if document is None else xml_text(document, self.xml)
            if found and not _is_blank(found):
                return found
        return None

    def text(self, row: Row, longest: int = _LONGEST_TEXT) -> str:
        """The value as clean text, at most `longest` characters; empty where there is none."""
        if self.fixed:
            return self.fixed
        is_plain = len(self.columns) == 1 and not self.xml
        told = plain(row.get(self.columns[0]) if is_plain else self.raw(row))
        if self.after:
            told = told.rpartition(self.after)[2]
        if self.words:
            told = self.words.get(told, told)
        return told if len(told) <= longest else told[:longest].strip()


def plain(raw: object) -> str:
    """Anything as text: normalised, without what databases cannot hold; booleans as 1 and 0."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        if unicodedata.is_normalized("NFC", raw) and not _UNSTORABLE.search(raw):
            return raw.strip()  # nearly always
        return unicodedata.normalize("NFC", _UNSTORABLE.sub("", raw)).strip()
    if isinstance(raw, bool):
        return "1" if raw else "0"
    if isinstance(raw, bytes):
        is_bit = len(raw) == 1 and raw[0] < 2  # MySQL's BIT(1)
        return str(raw[0]) if is_bit else plain(raw.decode(errors="replace"))
    return str(raw)


def moment(raw: object, zone: ZoneInfo, name: str) -> dt.datetime | None:
    """An aware moment; what has no time zone is local to `zone`.

    None where there is none, MySQL's zero date included. Raises Unreadable with the field's name.
    """
    if isinstance(raw, dt.datetime):
        found: dt.datetime | None = raw
    elif raw is None or _is_blank(raw) or str(raw).startswith("0000-00-00"):
        return None
    else:
        found = _date_time(raw)
    if found is None or not _YEARS[0] <= found.year < _YEARS[1]:
        raise Unreadable(f"{name} is no date that a dossier can have")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def day(raw: object, zone: ZoneInfo, name: str) -> dt.date | None:
    """The local day of a moment."""
    at = moment(raw, zone, name)
    return at.astimezone(zone).date() if at else None


def number(raw: object, name: str) -> float | None:
    """A number; None where there is none. Raises Unreadable with the field's name."""
    told = plain(raw)
    if not told:
        return None
    try:
        found = float(told)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise Unreadable(f"{name} is no number")
    return found


def amount(raw: object, name: str) -> int | None:
    """An amount of đồng; "150.000" and "150,000" are the same. Raises Unreadable."""
    if isinstance(raw, str) and _GROUPED.fullmatch(raw.strip()):
        return int(re.sub(r"[.,]", "", raw))
    found = number(raw, name)
    if found is None:
        return None
    if not 0 <= found <= _MOST or found != round(found):
        raise Unreadable(f"{name} is no amount of đồng")
    return round(found)


def xml_of(raw: object) -> ET.Element:
    """The root of an XML document. Raises Unreadable, also where it declares entities."""
    told = raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)
    if len(told) > _LARGEST_XML or "<!" in told.replace("<!--", "").replace("<![CDATA[", ""):
        raise Unreadable("its XML is too large or declares entities")
    try:
        return ET.fromstring(told)  # noqa: S314 - without a DTD there is nothing to expand
    except ET.ParseError:
        raise Unreadable("its XML is broken") from None


def xml_text(element: ET.Element, path: str) -> str | None:
    """The text at a path, `@name` and `a/b/@name` being attributes; None where there is none."""
    if path.startswith("@"):
        return element.get(path[1:])
    below, _, attribute = path.partition("/@")
    found = element.find(below)
    if found is None:
        return None
    return found.get(attribute) if attribute else found.text


def _date_time(raw: Any) -> dt.datetime | None:
    if isinstance(raw, dt.date):
        return dt.datetime.combine(raw, dt.time())
    told = plain(raw)
    try:
        return dt.datetime.fromisoformat(told)
    except ValueError:
        pass
    found = _DAY_FIRST.fullmatch(told)
    if found is None:
        return None
    date, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return dt.datetime(year, month, date, hour, minute, second)  # noqa: DTZ001 - see `moment`
    except ValueError:
        return None


def _is_blank(raw: object) -> bool:
    return isinstance(raw, str) and not raw.strip()
