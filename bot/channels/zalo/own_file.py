"""What is held about a person as files that Zalo takes: CSV, since it refuses JSON and ZIP."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from bot.wording.zalo import ZaloWording
from knowledge.writing.cells import guarded

LARGEST_FILE = 5 * 1024 * 1024
"""Bytes of one file that Zalo takes."""

_LONGEST_CELL = 30_000  # spreadsheets hold 32,767 characters in a cell
_ROOM = LARGEST_FILE - 4 * _LONGEST_CELL - 4096  # so that one more row always fits


def own_data_files(text: str, say: ZaloWording) -> Sequence[tuple[str, str]]:
    """Names and contents; more than one file only when one would be too large.

    Every value of the JSON is one row, with the way to it: nothing is left out or summed up.
    """
    rows = list(_rows(text))
    parts: list[str] = []
    while rows or not parts:
        part, rows = _part(rows, say)
        parts.append(part)
    if len(parts) == 1:
        return [(f"{say.own_data_name}.csv", parts[0])]
    return [(f"{say.own_data_name}-{n}.csv", part) for n, part in enumerate(parts, 1)]


def _part(rows: Sequence[tuple[str, str]], say: ZaloWording) -> tuple[str, list[tuple[str, str]]]:
    """As many rows as fit into one file, and the rest."""
    file = io.StringIO(newline="")
    file.write("\N{BYTE ORDER MARK}")  # or spreadsheets take UTF-8 for something else
    writer = csv.writer(file)
    writer.writerow((say.own_data_item, say.own_data_value))
    size = 0
    for place, row in enumerate(rows):
        size += len("".join(row).encode()) * 2 + 8  # every quote is doubled
        if size > _ROOM and place:
            return file.getvalue(), list(rows[place:])
        writer.writerow([guarded(cell) for cell in row])
    return file.getvalue(), []


def _rows(text: str) -> Iterator[tuple[str, str]]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = text
    for way, value in _leaves(read, ""):
        clean = value.encode("utf-8", "replace").decode().replace("\x00", "")
        for start in range(0, max(len(clean), 1), _LONGEST_CELL):
            yield way, clean[start : start + _LONGEST_CELL]


def _leaves(value: Any, way: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict() if value:
            for key, part in value.items():
                yield from _leaves(part, f"{way}.{key}" if way else str(key))
        case list() if value:
            for place, part in enumerate(value, 1):
                yield from _leaves(part, f"{way} {place}".strip())
        case str():
            yield way, value
        case dict() | list() | None:
            yield way, ""
        case _:
            yield way, json.dumps(value)
