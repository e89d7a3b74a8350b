"""What changed between two states of the catalogue."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.model import Procedure, ProcedureCode


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One procedure that is not as it was: the names of the fields that differ."""

    code: ProcedureCode
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Diff:
    """Codes in order. `abolished` are those that were in force before and are not now."""

    new: tuple[ProcedureCode, ...]
    changed: tuple[Change, ...]
    abolished: tuple[ProcedureCode, ...]
    unchanged: int


def diff(
    before: Mapping[ProcedureCode, Procedure], after: Mapping[ProcedureCode, Procedure]
) -> Diff:
    """Compare two states. A procedure that is gone altogether counts as abolished."""
    in_force = {code for code, one in before.items() if not one.abolished}
    still = {code for code, one in after.items() if not one.abolished}
    abolished = in_force - still
    changed = [
        Change(code=code, fields=_differing(before[code], after[code]))
        for code in sorted(before.keys() & after.keys() - abolished)
        if before[code] != after[code]
    ]
    new = sorted(after.keys() - before.keys())
    return Diff(
        new=tuple(new),
        changed=tuple(changed),
        abolished=tuple(sorted(abolished)),
        unchanged=len(after) - len(new) - len(changed) - len(abolished & after.keys()),
    )


def _differing(before: Procedure, after: Procedure) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in dataclasses.fields(Procedure)
        if getattr(before, field.name) != getattr(after, field.name)
    )
