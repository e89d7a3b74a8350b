"""A row of a source, with the rows that belong to it, as a dossier: pure, no queries."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

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
_WAYS = {way.value: way for way in FiledBy}
_UNITS = {unit.value: unit for unit in DurationUnit}


@dataclass(frozen=True, kw_only=True, slots=True)
class Raw:
    """A dossier's own row and its lists' rows, by the mapping's names for the columns."""

    own: Mapping[str, object]
    lists: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)


def read_dossier(raw: Raw, mapping: SourceMapping) -> tuple[NewDossier, list[str]]:
    """The dossier in a row, and what of its history could not be read.

    Raises Unreadable with the reason, without anything personal in it, or Skipped.
    """
    fields, row, zone = mapping.fields, Row(values=raw.own, own=raw.own), mapping.zone
    status = status_of(mapping.status, row)
    code = fields.code.text(row)
    if not is_dossier_code(code):
        raise Unreadable("its code has none of the national forms")
    name = fields.procedure_name.text(row)
    if not name:
        raise Unreadable("it names no procedure")

    def at(field: str) -> dt.datetime | None:
        return moment_of(getattr(fields, field), row, zone, field)

    def entries(place: Place | None, name: str) -> list[Row]:
        return _entries(place, raw.lists.get(name, ()), row)

    history, unread = _history(mapping, status, row, entries(mapping.history, "history"))
    finished_at, returned_at = at("finished_at"), at("returned_at")
    ended = None
    if status in _ENDED:
        ended = finished_at or returned_at or max((one.at for one in history), default=None)
    parent, filed_by = text_of(fields.parent_code, row), text_of(fields.filed_by, row)
    dossier = Dossier(
        id=DossierId(0),
        code=code,
        procedure_code=procedure_code(text_of(fields.procedure_code, row)),
        procedure_name=name,
        status=status,
        owner_name=fields.owner_name.text(row, 200),
        filed_by=_WAYS.get(filed_by, FiledBy.COUNTER),
        field=text_of(fields.field, row),
        officer=text_of(fields.officer, row),
        submitted_at=at("submitted_at"),
        received_at=at("received_at"),
        due_at=at("due_at"),
        finished_at=finished_at,
        returned_at=returned_at,
        duration=_duration(mapping, row),
        receiving=office_of(mapping.offices.receiving, row),
        support=office_of(mapping.offices.support, row),
        competent=office_of(mapping.offices.competent, row),
        parent_code=parent if parent != code and is_dossier_code(parent) else None,
        reason=text_of(fields.reason, row) if status in _ENDED else "",
        result=_result(mapping, row),
        history=history,
        legs=details.legs(mapping.legs, entries(mapping.legs, "legs"), zone, ended),
        supplements=details.supplements(
            mapping.supplements, entries(mapping.supplements, "supplements"), zone
        ),
        fees=details.fees(mapping.fees, entries(mapping.fees, "fees"), zone),
        extensions=details.extensions(
            mapping.extensions, entries(mapping.extensions, "extensions"), zone
        ),
    )
    secret = text_of(fields.receipt_secret, row).upper()
    new = NewDossier(
        dossier=dossier,
        owner_phone=text_of(fields.owner_phone, row)[:40],
        owner_number=personal_number(text_of(fields.owner_number, row)),
        receipt_secret=secret if _SECRET.fullmatch(secret) else "",
        delegates=details.delegates(mapping.delegates, entries(mapping.delegates, "delegates")),
    )
    return new, unread


def _entries(place: Place | None, rows: Sequence[Mapping[str, object]], row: Row) -> list[Row]:
    """The entries of a list, wherever it stands: `rows` of its table, in XML, or the own row."""
    if place is None:
        return []

    def entry(values: Mapping[str, object], element: ET.Element | None = None) -> Row:
        return Row(values=values, own=row.own, element=element, documents=row.documents,
                   offices=row.offices)  # fmt: skip

    if place.table:
        return [entry(one) for one in rows]
    if place.xml is None:
        return [row]
    document = row.xml(place.xml)
    return [] if document is None else [entry(row.own, one) for one in document.findall(place.each)]


def _history(
    mapping: SourceMapping, status: Status, row: Row, entries: Sequence[Row]
) -> tuple[tuple[StatusChange, ...], list[str]]:
    """The status changes; the present status is one of them where nothing else tells it."""
    changes, unread = details.history(mapping.history, entries, mapping.zone)
    since = moment_of(mapping.fields.status_at, row, mapping.zone, "status_at")
    if since and (not changes or changes[-1].status is not status):
        key = f"now-{status.value}-{since.astimezone(dt.UTC):%Y%m%dT%H%M%S}"
        changes = (*changes, StatusChange(at=since, status=status, event_key=key))
    return changes, unread


def _duration(mapping: SourceMapping, row: Row) -> Duration | None:
    amount_of, unit_of = mapping.fields.duration_amount, mapping.fields.duration_unit
    amount = number(amount_of.raw(row), "duration_amount") if amount_of else None
    unit = text_of(unit_of, row)
    if not amount or unit not in _UNITS:
        return None
    return Duration(amount=amount, unit=_UNITS[unit])


def _result(mapping: SourceMapping, row: Row) -> DossierResult | None:
    name = text_of(mapping.fields.result_name, row)
    if not name:
        return None
    return DossierResult(name=name, number=text_of(mapping.fields.result_number, row))
