"""Records from several sources into one catalogue (docs/adr/0004)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from knowledge.model import Procedure, ProcedureCode, SourceKind

_BY_PEOPLE = {SourceKind.STARTER, SourceKind.TEMPLATE}


def merge(current: Procedure, incoming: Procedure) -> Procedure:
    """What is known after `incoming` came for a procedure that was known as `current`.

    A list only fills in or renames. An editor's template always wins. Otherwise older facts never
    replace newer ones, people's wording outlives the record it was written from, and newer facts
    keep only our short name and aliases. Merging the same record again changes nothing.
    """
    if incoming.source is SourceKind.LIST:
        return _fill(current, incoming)
    if incoming.source is SourceKind.TEMPLATE or current.source is SourceKind.LIST:
        return incoming
    if _is_before(incoming.as_of, current.as_of):
        return current
    written_by_people = current.source in _BY_PEOPLE and incoming.source not in _BY_PEOPLE
    same_facts = _decision(current) == _decision(incoming) or not _decision(incoming)
    if written_by_people and same_facts and not _is_before(current.as_of, incoming.as_of):
        return current
    return replace(
        incoming,
        short_name=incoming.short_name or current.short_name,
        aliases=incoming.aliases or current.aliases,
    )


def merge_all(
    current: Mapping[ProcedureCode, Procedure],
    incoming: Iterable[Procedure],
    *,
    whole: bool,
) -> dict[ProcedureCode, Procedure]:
    """The whole catalogue after an import.

    `whole`: the import is complete, so what it lacks is abolished; otherwise it stays as it is.
    """
    merged = dict(current)
    seen: set[ProcedureCode] = set()
    for procedure in incoming:
        seen.add(procedure.code)
        known = merged.get(procedure.code)
        merged[procedure.code] = merge(known, procedure) if known else procedure
    if whole:
        merged |= {
            code: replace(procedure, abolished=True)
            for code, procedure in merged.items()
            if code not in seen
        }
    return merged


def _fill(current: Procedure, incoming: Procedure) -> Procedure:
    return replace(
        current,
        name=incoming.name or current.name,
        agency=current.agency or incoming.agency,
        ministry=current.ministry or incoming.ministry,
        field=current.field or incoming.field,
    )


def _decision(procedure: Procedure) -> str:
    return procedure.decision.number if procedure.decision else ""


def _is_before(one: str, other: str) -> bool:
    """Whether a date is certainly before another; "2026" and "2026-07" are not comparable."""
    shared = min(len(one), len(other))
    return one[:shared] < other[:shared] if shared else bool(other) and not one
