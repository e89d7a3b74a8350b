"""Reads the catalogue's own format: one TOML file per procedure, named after its code."""

import tomllib
from collections.abc import Iterable
from importlib.resources import files

from pydantic import TypeAdapter, ValidationError

from knowledge.model import Procedure
from knowledge.problems import Problem, Severity
from knowledge.reading.report import Reading

_strict = TypeAdapter(Procedure)


def read_starter(texts: Iterable[tuple[str, str]]) -> Reading:
    """Read (file name, TOML text) pairs. A file that does not fit the model is an error."""
    procedures: list[Procedure] = []
    problems: list[Problem] = []
    for name, text in texts:
        found, wrong = _read_one(name, text)
        problems.extend(wrong)
        if found is not None:
            procedures.append(found)
    return Reading(procedures=tuple(procedures), problems=tuple(problems))


def read_shipped_catalogue() -> Reading:
    """Read the starter catalogue that is part of this package."""
    folder = files("knowledge") / "catalogue"
    entries = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")),
        key=lambda entry: entry.name,
    )
    return read_starter((entry.name, entry.read_text("utf-8")) for entry in entries)


def _read_one(name: str, text: str) -> tuple[Procedure | None, list[Problem]]:
    try:
        raw = tomllib.loads(text)
        procedure = _strict.validate_python(raw)
    except tomllib.TOMLDecodeError as error:
        return None, [
            Problem(
                rule="broken-toml",
                severity=Severity.ERROR,
                file=name,
                message=f"Not valid TOML: {error}.",
                advice="Correct the line that the message names.",
            )
        ]
    except ValidationError as error:
        return None, [
            Problem(
                rule="wrong-field",
                severity=Severity.ERROR,
                file=name,
                field=".".join(str(part) for part in detail["loc"]),
                message=f"{detail['msg']}.",
                advice="Write the field as knowledge/model.py describes it.",
            )
            for detail in error.errors(include_url=False, include_input=False)
        ]
    if name != f"{procedure.code}.toml":
        return None, [
            Problem(
                rule="file-name",
                severity=Severity.ERROR,
                file=name,
                field="code",
                message=f"The file holds {procedure.code}.",
                advice=f"Rename it to {procedure.code}.toml.",
            )
        ]
    return procedure, []
