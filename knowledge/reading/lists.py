"""Reads the portal's Excel lists: code, name, who published it, who handles it, field."""

from collections.abc import Sequence

from knowledge.model import Procedure, ProcedureCode, SourceKind
from knowledge.problems import Problem, Severity
from knowledge.reading.report import Reading
from knowledge.reading.sheets import Line
from knowledge.text import fold

COLUMNS = {
    "code": "Mã số",
    "name": "Tên",
    "ministry": "Cơ quan ban hành",
    "agency": "Cơ quan thực hiện",
    "field": "Lĩnh vực",
}
_HEADER_WITHIN = 10  # rows: a title of some lines may stand above the header


def read_list(name: str, lines: Sequence[Line]) -> Reading:
    """Read the rows of a list. Records carry only what a list has."""
    header = find_header(lines)
    if header is None:
        titles = ", ".join(COLUMNS.values())
        return _broken(name, 1, "", "The header row is missing.", f"It names: {titles}.")
    start, places = header
    missing = [title for field, title in COLUMNS.items() if field not in places]
    if missing:
        row = lines[start].number
        problems = [
            _problem(name, row, title, "The column is missing.", "Add it.") for title in missing
        ]
        return Reading(problems=tuple(problems))
    procedures: dict[str, Procedure] = {}
    problems = []
    for line in lines[start + 1 :]:
        cell = {field: " ".join(line.text(place).split()) for field, place in places.items()}
        if not any(cell.values()):
            continue
        for field in ("code", "name"):
            if not cell[field]:
                problems.append(
                    _problem(name, line.number, COLUMNS[field], "The cell is empty.", "Fill it in.")
                )
        if not cell["code"] or not cell["name"]:
            continue
        if cell["code"] in procedures:
            message = f"{cell['code']} stands in an earlier row already."
            problems.append(_problem(name, line.number, COLUMNS["code"], message, "Keep one row."))
        agencies = line.text(places["agency"]).splitlines()
        procedures[cell["code"]] = Procedure(
            code=ProcedureCode(cell["code"]),
            name=cell["name"],
            ministry=cell["ministry"],
            agency="; ".join(dict.fromkeys(filter(None, (one.strip() for one in agencies)))),
            field=cell["field"],
            source=SourceKind.LIST,
        )
    return Reading(procedures=tuple(procedures.values()), problems=tuple(problems))


def find_header(lines: Sequence[Line]) -> tuple[int, dict[str, int]] | None:
    """Where the header row stands (index) and which column holds what; None without one."""
    for index, line in enumerate(lines[:_HEADER_WITHIN]):
        titles = [fold(line.text(place)) for place in range(len(line.cells))]
        places = {
            field: titles.index(fold(title))
            for field, title in COLUMNS.items()
            if fold(title) in titles
        }
        if "code" in places and len(places) >= 2:
            return index, places
    return None


def _problem(file: str, row: int, field: str, message: str, advice: str) -> Problem:
    return Problem(
        rule="list-row",
        severity=Severity.ERROR,
        file=file,
        row=row,
        field=field,
        message=message,
        advice=advice,
    )


def _broken(file: str, row: int, field: str, message: str, advice: str) -> Reading:
    return Reading(problems=(_problem(file, row, field, message, advice),))
