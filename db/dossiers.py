"""Dossiers: kept with their owner's data encrypted, found by code with their proofs."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from db.organisations import Organisations, to_organisation
from db.proofs import Proofs, absent_proofs, kept_proof
from db.records import (
    Dossier,
    DossierFee,
    DossierId,
    DossierResult,
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
    dossier_fees,
    dossiers,
    legs,
    organisations,
    status_changes,
    supplement_requests,
)

Item = TypeVar("Item")

TAIL_DIGITS = 6
"""Digits at the end of the personal number that prove the right to know."""

_BATCH = 200  # dossiers per statement
_DETAILS = (legs, status_changes, supplement_requests, dossier_fees)


class Dossiers:
    """The store of dossiers in one transaction."""

    def __init__(self, connection: AsyncConnection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    def absent_proofs(self) -> Proofs:
        """Proofs that cost what real ones cost and never match."""
        return absent_proofs(self._keyring)

    async def add_many(self, new: Sequence[NewDossier], *, origin: str) -> None:
        """Keep dossiers that are not known yet; a known code is an IntegrityError."""
        offices = [office for one in new for office in _offices(one.dossier)]
        await Organisations(self._connection).put(offices)
        for batch in _batches(new):
            result = await self._connection.execute(
                insert(dossiers).returning(dossiers.c.id, dossiers.c.code),
                [self._values(one, origin) for one in batch],
            )
            ids = {row.code: row.id for row in result}
            for table, rows in _details(batch, ids).items():
                if rows:
                    await self._connection.execute(insert(table), rows)

    async def put_many(self, new: Sequence[NewDossier], *, origin: str) -> None:
        """Keep dossiers, replacing those that are known by their code."""
        for batch in _batches(new):
            codes = [one.dossier.code for one in batch]
            await self._connection.execute(delete(dossiers).where(dossiers.c.code.in_(codes)))
        await self.add_many(new, origin=origin)

    async def find(self, codes: Sequence[str]) -> dict[str, tuple[Dossier, Proofs]]:
        """The dossiers with these codes; the same number of queries however many there are."""
        query = select(dossiers).where(dossiers.c.code.in_(list(codes)))
        rows = (await self._connection.execute(query)).mappings().all()
        ids = [row["id"] for row in rows]
        details = {table.name: await self._of(table, ids) for table in _DETAILS}
        offices = await self._offices(rows, details)
        return {
            row["code"]: (self._dossier(row, details, offices), self._proofs(row)) for row in rows
        }

    async def count_by_status(self) -> dict[Status, int]:
        """How many dossiers stand in each status; only statuses that occur."""
        query = select(dossiers.c.status, func.count()).group_by(dossiers.c.status)
        return {Status(status): count for status, count in await self._connection.execute(query)}

    async def remove_origin(self, origin: str) -> int:
        """Delete all dossiers that one origin brought; returns how many."""
        result = await self._connection.execute(delete(dossiers).where(dossiers.c.origin == origin))
        return int(result.rowcount)

    def _values(self, new: NewDossier, origin: str) -> dict[str, object]:
        dossier, ring = new.dossier, self._keyring
        number, result = new.owner_number, dossier.result
        tail = number[-TAIL_DIGITS:] if len(number) == 12 else ""
        return {
            "code": dossier.code,
            "origin": origin,
            "procedure_code": dossier.procedure_code,
            "procedure_name": dossier.procedure_name,
            "revision": dossier.revision,
            "status": dossier.status.value,
            "filed_by": dossier.filed_by.value,
            "submitted_at": dossier.submitted_at,
            "received_at": dossier.received_at,
            "due_at": dossier.due_at,
            "finished_at": dossier.finished_at,
            "returned_at": dossier.returned_at,
            "owner_name": ring.encrypt(dossier.owner_name),
            "owner_phone": ring.encrypt(new.owner_phone),
            "owner_phone_hash": ring.hash("phone", new.owner_phone) if new.owner_phone else "",
            "owner_number_hash": ring.hash("number", number) if number else "",
            "number_tail_hash": kept_proof(ring, ProofKind.NUMBER_TAIL, dossier.code, tail),
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

    async def _of(self, table: Table, ids: Sequence[int]) -> dict[int, list[RowMapping]]:
        order = table.c.position if "position" in table.c else table.c.id
        query = select(table).where(table.c.dossier_id.in_(list(ids))).order_by(order)
        grouped: defaultdict[int, list[RowMapping]] = defaultdict(list)
        for row in (await self._connection.execute(query)).mappings():
            grouped[row["dossier_id"]].append(row)
        return grouped

    async def _offices(
        self,
        rows: Sequence[RowMapping],
        details: Mapping[str, Mapping[int, Sequence[RowMapping]]],
    ) -> dict[str, Organisation]:
        named = {row[place] for row in rows for place in ("receiving", "support", "competent")}
        for name in (legs.name, status_changes.name):
            named |= {row["organisation"] for held in details[name].values() for row in held}
        wanted = [code for code in named if code]
        query = select(organisations).where(organisations.c.code.in_(wanted))
        found = (await self._connection.execute(query)).mappings()
        return {row["code"]: to_organisation(row) for row in found}

    def _proofs(self, row: RowMapping) -> Proofs:
        return Proofs(
            self._keyring, row["code"], row["number_tail_hash"], row["receipt_secret_hash"]
        )

    def _dossier(
        self,
        row: RowMapping,
        details: Mapping[str, Mapping[int, Sequence[RowMapping]]],
        offices: Mapping[str, Organisation],
    ) -> Dossier:
        def of(table: Table) -> Sequence[RowMapping]:
            return details[table.name].get(row["id"], ())

        return Dossier(
            id=DossierId(row["id"]),
            code=row["code"],
            procedure_code=row["procedure_code"],
            procedure_name=row["procedure_name"],
            status=Status(row["status"]),
            owner_name=self._keyring.decrypt(row["owner_name"]),
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
            result=_result(row),
            reason=row["reason"],
            revision=row["revision"],
        )


def _details(
    batch: Sequence[NewDossier], ids: Mapping[str, int]
) -> dict[Table, list[dict[str, object]]]:
    rows: dict[Table, list[dict[str, object]]] = {table: [] for table in _DETAILS}
    for new in batch:
        dossier = new.dossier
        own = {"dossier_id": ids[dossier.code]}
        rows[legs] += [
            own
            | {
                "position": leg.position,
                "organisation": leg.organisation.code,
                "task": leg.task,
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
            }
            for change in dossier.history
        ]
        rows[supplement_requests] += [
            own
            | {
                "requested_at": request.requested_at,
                "items": json.dumps(request.items, ensure_ascii=False),
                "reason": request.reason,
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
    return rows


def _offices(dossier: Dossier) -> list[Organisation]:
    named = [dossier.receiving, dossier.support, dossier.competent]
    named += [leg.organisation for leg in dossier.legs]
    named += [change.organisation for change in dossier.history]
    return [office for office in named if office]


def _leg(row: RowMapping, offices: Mapping[str, Organisation]) -> Leg:
    return Leg(
        position=row["position"],
        organisation=offices[row["organisation"]],
        task=row["task"],
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
    )


def _supplement(row: RowMapping) -> SupplementRequest:
    return SupplementRequest(
        requested_at=row["requested_at"],
        items=tuple(json.loads(row["items"])),
        reason=row["reason"],
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


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    walk = iter(items)
    while batch := list(islice(walk, _BATCH)):
        yield batch
