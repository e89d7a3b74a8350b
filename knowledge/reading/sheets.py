"""Spreadsheets to rows of cells: XLSX and CSV, bounded, with one clear error for what is broken."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

LARGEST_CONTENT = 200 * 1024 * 1024
"""Bytes that an XLSX file may unpack to."""

LARGEST_RATIO = 200
"""How much larger than itself a file may unpack; spreadsheets of text stay below 30."""

MOST_ROWS = 400_000
"""Rows of a sheet that are read."""

_ZIP = b"PK\x03\x04"


class SheetBroken(Exception):  # noqa: N818 - it says what is wrong and what to do
    """Why a file cannot be read as a table; `row` counts from 1, 0 for the whole file."""

    def __init__(self, message: str, advice: str, row: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.row = row


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One row: its number as a person sees it, and its cells (str, float, date, …)."""

    number: int
    cells: Sequence[Any]

    def text(self, place: int) -> str:
        """A cell as text; whole numbers without ".0"; empty where the row is short."""
        value = self.cells[place] if 0 <= place < len(self.cells) else ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value).strip()


def read_sheet(name: str, data: bytes) -> list[Line]:
    """The rows of the first sheet of an XLSX file, or of a CSV text.

    Raises SheetBroken for anything else; a file named .xlsx has to be one.
    """
    is_workbook = data.startswith(_ZIP) or name.lower().endswith(".xlsx")
    return _read_xlsx(data) if is_workbook else _read_csv(data)


def _read_xlsx(data: bytes) -> list[Line]:
    advice = "Save it again as .xlsx, without a password."
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise SheetBroken("The Excel file is damaged or cut off.", advice) from None
    if "xl/workbook.xml" not in names:
        raise SheetBroken("The file is no Excel workbook.", advice)
    if size > LARGEST_CONTENT or size > LARGEST_RATIO * len(data):
        raise SheetBroken(
            f"The Excel file would unpack to {size >> 20} MiB.", "Split it into smaller files."
        )
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        if sheet.total_height > MOST_ROWS:
            raise SheetBroken(f"The sheet has {sheet.total_height} rows.", "Split the file.")
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError):
        raise SheetBroken("The Excel file cannot be read.", advice) from None
    return [Line(number=number, cells=row) for number, row in enumerate(rows, 1)]


def _read_csv(data: bytes) -> list[Line]:
    text = _decoded(data)
    if "\x00" in text[:1000]:
        raise SheetBroken(
            "The file is neither text nor an Excel workbook.", "Save it as .xlsx or “CSV UTF-8”."
        )
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    number = 1
    try:
        for row in reader:
            lines.append(Line(number=number, cells=row))
            number = reader.line_num + 1
            if len(lines) > MOST_ROWS:
                raise SheetBroken(f"The file has more than {MOST_ROWS} rows.", "Split the file.")
    except csv.Error as error:
        raise SheetBroken(
            f"The row cannot be read ({error}): the file may be cut off.",
            "Export the file again.",
            row=number,
        ) from None
    widest = max((len(line.cells) for line in lines), default=0)
    if lines and not text.endswith(("\n", "\r")) and len(lines[-1].cells) < widest:
        raise SheetBroken(
            "The last row is shorter than the others and has no end: the file is cut off.",
            "Export the file again.",
            row=lines[-1].number,
        )
    return lines


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise SheetBroken(
            f"The text is not {encoding.removesuffix('-sig').upper()}.",
            "In Excel, save it as “CSV UTF-8”.",
            row=row,
        ) from None
