"""Dossiers from a spreadsheet: the whole file or nothing."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import Refusal
from bot.imported_row import COLUMNS, REQUIRED, Row, text_of
from db.records import NewDossier
from knowledge.problems import Problem, Severity
from knowledge.reading.sheets import SheetBroken, read_sheet
from knowledge.text import fold

LARGEST_FILE = 50 * 1024 * 1024
"""Bytes of an import file. 300,000 dossiers as CSV are about half of that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DossierReading:
    """What a file holds. With any problem nothing of it must be stored."""

    dossiers: tuple[NewDossier, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_dossier_file(path: Path, zone: dt.tzinfo) -> DossierReading:
    """Read a CSV or XLSX file; naive times in it are local to `zone`.

    Raises Refusal when the file cannot be opened at all; everything else is a problem that names
    row and column.
    """
    rows = _rows_of(path)
    header = next(rows, None)
    if header is None:
        raise Refusal(f"{path.name} is empty. The first row names the columns: {_titles()}.")
    places, problems = _columns(path.name, header[1])
    if problems:
        return DossierReading(problems=tuple(problems))
    dossiers: list[NewDossier] = []
    first_row: dict[str, int] = {}
    for number, cells in rows:
        values = {
            field: cells[place] if place < len(cells) else "" for field, place in places.items()
        }
        if not any(text_of(value) for value in values.values()):
            continue
        row = Row(path.name, number, values, zone)
        dossier = row.dossier()
        problems += row.problems
        if dossier is None:
            continue
        code = dossier.dossier.code
        if code in first_row:
            message = f"{code} stands in row {first_row[code]} already."
            problems.append(row.problem("code", message, "Keep one row per dossier."))
        first_row.setdefault(code, number)
        dossiers.append(dossier)
    return DossierReading(dossiers=tuple(dossiers), problems=tuple(problems))


def _columns(file: str, header: Sequence[Any]) -> tuple[dict[str, int], list[Problem]]:
    titles = [fold(text_of(cell)) for cell in header]
    places: dict[str, int] = {}
    problems = []
    for field, title in COLUMNS.items():
        held = [place for place, found in enumerate(titles) if found == fold(title)]
        if len(held) > 1:
            problems.append(_column(file, title, "stands more than once", "Keep one of them."))
        elif held:
            places[field] = held[0]
        elif field in REQUIRED:
            advice = f"Add it; the columns are: {_titles()}."
            problems.append(_column(file, title, "is missing", advice))
    return places, problems


def _column(file: str, title: str, what: str, advice: str) -> Problem:
    return Problem(
        rule="dossier-columns",
        severity=Severity.ERROR,
        file=file,
        row=1,
        field=title,
        message=f"The column {what}.",
        advice=advice,
    )


def _rows_of(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path} cannot be read ({error.strerror}).") from None
    if len(data) > LARGEST_FILE:
        raise Refusal(f"{path.name} is larger than {LARGEST_FILE >> 20} MiB. Split it.")
    try:
        lines = read_sheet(path.name, data)
    except SheetBroken as error:
        place = f"{path.name}, row {error.row}" if error.row else path.name
        raise Refusal(f"{place}: {error.message} {error.advice}") from None
    return ((line.number, line.cells) for line in lines)


def _titles() -> str:
    return ", ".join(COLUMNS.values())
