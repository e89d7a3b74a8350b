"""Dated entries of a TOML file, each read or reported."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from knowledge.problems import Problem, Severity

Entry = TypeVar("Entry")


def read_entries(
    file: str, raw: Mapping[str, Any], key: str, kind: type[Entry], advice: str
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The `[[key]]` entries of a parsed file; a problem for each that does not fit its kind.

    A problem's `row` counts the entries of that key, from 1.
    """
    adapter = TypeAdapter(kind)
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, entry in enumerate(raw.get(key, ()), 1):
        try:
            entries.append(adapter.validate_python(entry))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            problems.append(
                Problem(
                    rule=f"timing-{key}",
                    severity=Severity.ERROR,
                    file=file,
                    row=number,
                    field=".".join(map(str, first["loc"])),
                    message=f"{first['msg']}.",
                    advice=advice,
                )
            )
    return tuple(entries), tuple(problems)
