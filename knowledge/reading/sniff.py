"""Any catalogue file to records: what it is shows in its content; bad input is a problem."""

import gzip
import io
import zlib
from collections.abc import Callable
from enum import StrEnum

from knowledge.problems import Problem, Severity
from knowledge.reading.lists import find_header, read_list
from knowledge.reading.packet import looks_like_packet, read_packet
from knowledge.reading.portal import read_portal
from knowledge.reading.report import Reading
from knowledge.reading.sheets import Line, SheetBroken, read_sheet
from knowledge.reading.starter import read_starter
from knowledge.reading.template import looks_like_template, read_template

LARGEST_UNPACKED = 1 << 30
"""Bytes that a gzip file may unpack to."""

_BLOCK = 1 << 20


class Format(StrEnum):
    """The formats that the catalogue reads."""

    PORTAL = "portal"
    LIST = "list"
    PACKET = "packet"
    TEMPLATE = "template"
    STARTER = "starter"


class _Unreadable(Exception):  # noqa: N818 - it says what is wrong and what to do
    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


def read_catalogue_file(
    name: str,
    data: bytes,
    form: Format | None = None,
    *,
    progress: Callable[[int], None] | None = None,
) -> Reading:
    """Read one file. Never raises for bad input: what is wrong is an error in the reading."""
    try:
        reading = _read(name, _unpacked(data), form, progress)
    except _Unreadable as error:
        return _error(name, error.message, error.advice)
    except SheetBroken as error:
        return _error(name, error.message, error.advice, error.row)
    if progress:
        progress(len(reading.procedures))
    return reading


def _read(
    name: str, data: bytes, form: Format | None, progress: Callable[[int], None] | None
) -> Reading:
    if not data.strip():
        raise _Unreadable("The file is empty.", "Export it again.")
    if form in {Format.LIST, Format.TEMPLATE} or (form is None and _is_table(name, data)):
        return _read_table(name, read_sheet(name, data), form)
    text = _text(data)
    match form or _guess(name, text):
        case Format.STARTER:
            return read_starter([(name, text)])
        case Format.PACKET:
            return read_packet(name, text)
        case _:
            return read_portal(name, text.split("\n"), progress=progress)


def _read_table(name: str, lines: list[Line], form: Format | None) -> Reading:
    if form is Format.TEMPLATE or (form is None and looks_like_template(lines)):
        return read_template(name, lines)
    if form is Format.LIST or find_header(lines):
        return read_list(name, lines)
    return _error(
        name,
        "The table is neither a list of the portal nor our template.",
        "Check its header row, or start from `motcua catalogue template FILE.xlsx`.",
    )


def _guess(name: str, text: str) -> Format:
    start = text.lstrip()[:1]
    if name.lower().endswith(".toml"):
        return Format.STARTER
    if start not in {"{", "["}:
        raise _Unreadable(
            "The file is of no format that the catalogue reads.",
            "It reads the portal's JSON lines and Excel lists, the national packet, and our "
            "template as XLSX or CSV.",
        )
    return Format.PACKET if start == "[" or looks_like_packet(text) else Format.PORTAL


def _is_table(name: str, data: bytes) -> bool:
    return data[:4] == b"PK\x03\x04" or name.lower().endswith((".xlsx", ".csv"))


def _unpacked(data: bytes) -> bytes:
    """Take gzip off, block by block and bounded."""
    if data[:2] != b"\x1f\x8b":
        return data
    unpacked = bytearray()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            while block := file.read(_BLOCK):
                unpacked += block
                if len(unpacked) > LARGEST_UNPACKED:
                    raise _Unreadable(
                        f"The file unpacks to more than {LARGEST_UNPACKED >> 20} MiB.",
                        "Split it.",
                    )
    except (EOFError, OSError, zlib.error):
        raise _Unreadable(
            "The gzip file is damaged or cut off.", "Copy or download it again."
        ) from None
    return bytes(unpacked)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _Unreadable(
            f"Line {line} is not UTF-8 text.", "Save the file as UTF-8, or export it again."
        ) from None


def _error(name: str, message: str, advice: str, row: int = 0) -> Reading:
    problem = Problem(
        rule="unreadable-file",
        severity=Severity.ERROR,
        file=name,
        row=row,
        message=message,
        advice=advice,
    )
    return Reading(problems=(problem,))
