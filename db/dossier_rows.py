"""Dossiers as rows and back: the mapping between records and tables, no queries."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Table
from sqlalchemy.engine import RowMapping

from db.proofs import Proofs, kept_proof, phone_hash
from db.records import (
    Dossier,
    DossierFee,
    DossierId,
    DossierResult,
    Extension,
    FiledBy,
    Leg,
    NewDossier,
    Organisation,
    ProofKind,
    Status,
    StatusChange,
    SupplementRequest,
)
from db.secrets import Keyring
from db.tables import (
    delegates,
    dossier_extensions,
    dossier_fees,
    legs,
    status_changes,
    supplement_requests,
)
from knowledge.model import Duration, DurationUnit

TAIL_DIGITS = 6
"""Digits at the end of the personal number that prove the right to know."""

DETAILS = (
    legs,
    status_changes,
    supplement_requests,
    dossier_fees,
    dossier_extensions,
    delegates,
)
"""The tables that hold several rows of one dossier."""

Details = Mapping[str, Mapping[int, Sequence[RowMapping]]]
"""Rows by table name and dossier id."""


def dossier_values(new: NewDossier, origin: str, ring: Keyring) -> dict[str, object]:
    """The row of `dossiers`: what is private encrypted or hashed."""
    dossier, number, result = new.dossier, new.owner_number, new.dossier.result
    return {
        "code": dossier.code,
        "origin": origin,
        "procedure_code": dossier.procedure_code,
        "procedure_name": dossier.procedure_name,
        "revision": dossier.revision,
        "status": dossier.status.value,
        "filed_by": dossier.filed_by.value,
        "field": dossier.field,
        "officer": dossier.officer,
        "parent_code": dossier.parent_code,
        **_duration_values(dossier.duration, "duration"),
        "submitted_at": dossier.submitted_at,
        "received_at": dossier.received_at,
        "due_at": dossier.due_at,
        "finished_at": dossier.finished_at,
        "returned_at": dossier.returned_at,
        "owner_name": ring.encrypt(dossier.owner_name),
        "owner_phone": ring.encrypt(new.owner_phone),
        "owner_phone_hash": phone_hash(ring, new.owner_phone),
        "owner_number_hash": ring.hash("number", number) if number else "",
        "number_tail_hash": kept_proof(ring, ProofKind.NUMBER_TAIL, dossier.code, _tail(number)),
        "receipt_secret_hash": kept_proof(
            ring, ProofKind.RECEIPT_SECRET, dossier.code, new.receipt_secret
        ),
        "receiving": _code(dossier.receiving),
        "support": _code(dossier.support),
        "competent": _code(dossier.competent),
        "reason": dossier.reason,
        "result_name": result.name if result else None,
        "result_number": result.number if result else "",
        "result_issued_on": result.issued_on if result else None,
        "result_collect_where": result.collect_where if result else "",
        "result_bring": result.bring if result else "",
    }


def detail_values(
    batch: Sequence[NewDossier], ids: Mapping[str, int], ring: Keyring
) -> dict[Table, list[dict[str, object]]]:
    """The rows of the other tables, for dossiers whose `ids` by code are known."""
    rows: dict[Table, list[dict[str, object]]] = {table: [] for table in DETAILS}
    for new in batch:
        dossier = new.dossier
        own = {"dossier_id": ids[dossier.code]}
        rows[legs] += [
            own
            | {
                "position": leg.position,
                "organisation": leg.organisation.code,
                "task": leg.task,
                "officer": leg.officer,
                **_duration_values(leg.allowed, "allowed"),
                "started_at": leg.started_at,
                "due_at": leg.due_at,
                "ended_at": leg.ended_at,
            }
            for leg in dossier.legs
        ]
        rows[status_changes] += [
            own
            | {
                "at": change.at,
                "status": change.status.value,
                "organisation": _code(change.organisation),
                "text": change.text,
                "event_key": change.event_key,
            }
            for change in dossier.history
        ]
        rows[supplement_requests] += [
            own
            | {
                "requested_at": request.requested_at,
                "items": json.dumps(request.items, ensure_ascii=False),
                "reason": request.reason,
                "author": request.author,
                "respond_by": request.respond_by,
                "answered_at": request.answered_at,
            }
            for request in dossier.supplements
        ]
        rows[dossier_fees] += [
            own
            | {
                "name": fee.name,
                "amount": fee.amount,
                "due_on": fee.due_on,
                "pay_where": fee.pay_where,
                "paid_at": fee.paid_at,
            }
            for fee in dossier.fees
        ]
        rows[dossier_extensions] += [
            own
            | {
                "decided_at": extension.decided_at,
                "new_due_at": extension.new_due_at,
                "reason": extension.reason,
                "letter": extension.letter,
            }
            for extension in dossier.extensions
        ]
        rows[delegates] += [
            own
            | {
                "name": ring.encrypt(delegate.name),
                "phone_hash": phone_hash(ring, delegate.phone),
                "number_tail_hash": kept_proof(
                    ring, ProofKind.NUMBER_TAIL, dossier.code, _tail(delegate.number)
                ),
                "until": delegate.until,
            }
            for delegate in new.delegates
        ]
    return rows


def offices_of(dossier: Dossier) -> list[Organisation]:
    """Every office that a dossier names."""
    named = [dossier.receiving, dossier.support, dossier.competent]
    named += [leg.organisation for leg in dossier.legs]
    named += [change.organisation for change in dossier.history]
    return [office for office in named if office]


def to_dossier(
    row: RowMapping, details: Details, offices: Mapping[str, Organisation], ring: Keyring
) -> Dossier:
    """A row and its details as a record."""

    def of(table: Table) -> Sequence[RowMapping]:
        return details[table.name].get(row["id"], ())

    return Dossier(
        id=DossierId(row["id"]),
        code=row["code"],
        procedure_code=row["procedure_code"],
        procedure_name=row["procedure_name"],
        status=Status(row["status"]),
        owner_name=ring.decrypt(row["owner_name"]),
        filed_by=FiledBy(row["filed_by"]),
        submitted_at=row["submitted_at"],
        received_at=row["received_at"],
        due_at=row["due_at"],
        finished_at=row["finished_at"],
        returned_at=row["returned_at"],
        receiving=offices.get(row["receiving"]),
        support=offices.get(row["support"]),
        competent=offices.get(row["competent"]),
        legs=tuple(_leg(one, offices) for one in of(legs)),
        history=tuple(_change(one, offices) for one in of(status_changes)),
        supplements=tuple(_supplement(one) for one in of(supplement_requests)),
        fees=tuple(_fee(one) for one in of(dossier_fees)),
        extensions=tuple(_extension(one) for one in of(dossier_extensions)),
        result=_result(row),
        reason=row["reason"],
        revision=row["revision"],
        duration=_duration(row["duration_amount"], row["duration_unit"]),
        field=row["field"],
        officer=row["officer"],
        parent_code=row["parent_code"],
        read_until=row["read_until"],
        source_is_away=bool(row["trouble"]),
    )


def to_proofs(row: RowMapping, details: Details, ring: Keyring, at: dt.datetime | None) -> Proofs:
    """What the owner, or somebody whom the owner sent until after `at`, can show."""
    sent = details[delegates.name].get(row["id"], ())
    helpers = [one for one in sent if at and (one["until"] is None or at < one["until"])]
    return Proofs(
        ring,
        row["code"],
        (row["number_tail_hash"], *(helper["number_tail_hash"] for helper in helpers)),
        row["receipt_secret_hash"],
        (row["owner_phone_hash"], *(helper["phone_hash"] for helper in helpers)),
    )


def _leg(row: RowMapping, offices: Mapping[str, Organisation]) -> Leg:
    return Leg(
        position=row["position"],
        organisation=offices[row["organisation"]],
        task=row["task"],
        officer=row["officer"],
        allowed=_duration(row["allowed_amount"], row["allowed_unit"]),
        started_at=row["started_at"],
        due_at=row["due_at"],
        ended_at=row["ended_at"],
    )


def _change(row: RowMapping, offices: Mapping[str, Organisation]) -> StatusChange:
    return StatusChange(
        at=row["at"],
        status=Status(row["status"]),
        organisation=offices.get(row["organisation"]),
        text=row["text"],
        event_key=row["event_key"],
    )


def _supplement(row: RowMapping) -> SupplementRequest:
    return SupplementRequest(
        requested_at=row["requested_at"],
        items=tuple(json.loads(row["items"])),
        reason=row["reason"],
        author=row["author"],
        respond_by=row["respond_by"],
        answered_at=row["answered_at"],
    )


def _fee(row: RowMapping) -> DossierFee:
    return DossierFee(
        name=row["name"],
        amount=row["amount"],
        due_on=row["due_on"],
        pay_where=row["pay_where"],
        paid_at=row["paid_at"],
    )


def _result(row: RowMapping) -> DossierResult | None:
    if row["result_name"] is None:
        return None
    return DossierResult(
        name=row["result_name"],
        number=row["result_number"],
        issued_on=row["result_issued_on"],
        collect_where=row["result_collect_where"],
        bring=row["result_bring"],
    )


def _code(office: Organisation | None) -> str | None:
    return office.code if office else None


def _extension(row: RowMapping) -> Extension:
    return Extension(
        decided_at=row["decided_at"],
        new_due_at=row["new_due_at"],
        reason=row["reason"],
        letter=row["letter"],
    )


def _duration_values(duration: Duration | None, name: str) -> dict[str, object]:
    known = duration is not None and duration.amount is not None
    return {
        f"{name}_amount": duration.amount if duration else None,
        f"{name}_unit": duration.unit.value if duration and known else "",
    }


def _duration(amount: float | None, unit: str) -> Duration | None:
    return None if amount is None else Duration(amount=amount, unit=DurationUnit(unit))


def _tail(number: str) -> str:
    return number[-TAIL_DIGITS:] if len(number) == 12 else ""
