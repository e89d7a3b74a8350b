"""A row of a source, with the rows that belong to it, as a dossier: pure, no queries."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from db.dossier_codes import is_dossier_code
from db.records import Dossier, DossierId, DossierResult, FiledBy, NewDossier, Status, StatusChange
from db.sources import details
from db.sources.mapping import Mapping as SourceMapping
from db.sources.parts import Place
from db.sources.pieces import (
    moment_of,
    office_of,
    personal_number,
    procedure_code,
    status_of,
    text_of,
)
from db.sources.values import Row, Unreadable, number
from knowledge.model import Duration, DurationUnit

_SECRET = re.compile(r"[A-Z2-7]{8}")
"""The form of a receipt's secret (40 bits); anything weaker opens nothing."""

_ENDED = {Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.DONE, Status.RETURNED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Raw:
    """A dossier's own row and its lists' rows, by the mapping's names for the columns."""

    own: Mapping[str, object]
    lists: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)


def read_dossier(raw: Raw, mapping: SourceMapping) -> tuple[NewDossier, list[str]]:
    """The dossier in a row, and what of its history could not be read.

    Raises Unreadable with the reason, without anything personal in it, or Skipped.
    """
    fields, row = mapping.fields, Row(values=raw.own, own=raw.own)
    status = status_of(mapping.status, row)
    code = fields.code.text(row)
    if not is_dossier_code(code):
        raise Unreadable("its code has none of the national forms")
    name = fields.procedure_name.text(row)
    if not name:
        raise Unreadable("it names no procedure")

    def at(field: str) -> dt.datetime | None:
        return moment_of(getattr(fields, field), row, mapping.zone, field)

    parent, filed_by = text_of(fields.parent_code, row), text_of(fields.filed_by, row)
    dossier = Dossier(
        id=DossierId(0),
        code=code,
        procedure_code=procedure_code(text_of(fields.procedure_code, row)),
        procedure_name=name,
        status=status,
        owner_name=fields.owner_name.text(row, 200),
        filed_by=FiledBy(filed_by) if filed_by in set(FiledBy) else FiledBy.COUNTER,
        field=text_of(fields.field, row),
        officer=text_of(fields.officer, row),
        submitted_at=at("submitted_at"),
        received_at=at("received_at"),
        due_at=at("due_at"),
        finished_at=at("finished_at"),
        returned_at=at("returned_at"),
        duration=_duration(mapping, row),
        receiving=office_of(mapping.offices.receiving, row),
        support=office_of(mapping.offices.support, row),
        competent=office_of(mapping.offices.competent, row),
        parent_code=parent if parent != code and is_dossier_code(parent) else None,
        reason=text_of(fields.reason, row) if status in _ENDED else "",
        result=_result(mapping, row),
    )
    dossier, unread = _with_lists(dossier, raw, row, mapping)
    secret = text_of(fields.receipt_secret, row).upper()
    helpers = mapping.delegates
    new = NewDossier(
        dossier=dossier,
        owner_phone=text_of(fields.owner_phone, row)[:40],
        owner_number=personal_number(text_of(fields.owner_number, row)),
        receipt_secret=secret if _SECRET.fullmatch(secret) else "",
        delegates=details.delegates(helpers, _rows("delegates", helpers, raw, row))
        if helpers
        else (),
    )
    return new, unread


def _with_lists(
    dossier: Dossier, raw: Raw, row: Row, mapping: SourceMapping
) -> tuple[Dossier, list[str]]:
    zone, unread = mapping.zone, list[str]()
    if place := mapping.history:
        changes, unread = details.history(place, _rows("history", place, raw, row), zone)
        dossier = replace(dossier, history=changes)
    since = moment_of(mapping.fields.status_at, row, zone, "status_at")
    if since and (not dossier.history or dossier.history[-1].status is not dossier.status):
        mark = f"now-{dossier.status.value}-{since.astimezone(dt.UTC):%Y%m%dT%H%M%S}"
        present = StatusChange(at=since, status=dossier.status, event_key=mark)
        dossier = replace(dossier, history=(*dossier.history, present))
    if turns := mapping.legs:
        finished = None
        if dossier.status in _ENDED:
            moved = [change.at for change in dossier.history]
            finished = dossier.finished_at or dossier.returned_at or max(moved, default=None)
        rows = _rows("legs", turns, raw, row)
        dossier = replace(dossier, legs=details.legs(turns, rows, zone, finished))
    if requests := mapping.supplements:
        rows = _rows("supplements", requests, raw, row)
        dossier = replace(dossier, supplements=details.supplements(requests, rows, zone))
    if owed := mapping.fees:
        rows = _rows("fees", owed, raw, row)
        dossier = replace(dossier, fees=details.fees(owed, rows, zone))
    if later := mapping.extensions:
        rows = _rows("extensions", later, raw, row)
        dossier = replace(dossier, extensions=details.extensions(later, rows, zone))
    return dossier, unread


def _rows(name: str, place: Place, raw: Raw, row: Row) -> list[Row]:
    """The entries of a list, wherever it stands."""
    if place.table:
        return [replace(row, values=one) for one in raw.lists.get(name, ())]
    if place.xml is None:
        return [row]
    document = row.xml(place.xml)
    entries = [] if document is None else document.findall(place.each)
    return [replace(row, element=entry) for entry in entries]


def _duration(mapping: SourceMapping, row: Row) -> Duration | None:
    amount_of, unit_of = mapping.fields.duration_amount, mapping.fields.duration_unit
    amount = number(amount_of.raw(row), "duration_amount") if amount_of else None
    unit = text_of(unit_of, row)
    if not amount or unit not in set(DurationUnit):
        return None
    return Duration(amount=amount, unit=DurationUnit(unit))


def _result(mapping: SourceMapping, row: Row) -> DossierResult | None:
    name = text_of(mapping.fields.result_name, row)
    if not name:
        return None
    return DossierResult(name=name, number=text_of(mapping.fields.result_number, row))
