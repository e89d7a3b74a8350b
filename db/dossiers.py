"""Dossiers: kept with their owner's data encrypted, found by code with their proofs."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from sqlalchemy import Table, delete, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from db.dossier_rows import (
    DETAILS,
    Details,
    detail_values,
    dossier_values,
    offices_of,
    to_dossier,
    to_proofs,
)
from db.dossier_updates import NewChange, ids_of, update_known, with_seen_changes
from db.organisations import Organisations, to_organisation
from db.proofs import Proofs, absent_proofs
from db.records import Dossier, GroupMember, NewDossier, Organisation, Status
from db.secrets import Keyring
from db.tables import dossiers, legs, organisations, sources, status_changes

Item = TypeVar("Item")

_BATCH = 200  # dossiers per statement


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
        offices = [office for one in new for office in offices_of(one.dossier)]
        await Organisations(self._connection).put(offices)
        for batch in _batches(new):
            await self._add(batch, origin)

    async def put_many(self, new: Sequence[NewDossier], *, origin: str) -> list[NewChange]:
        """Keep dossiers; those that are known by their code become what is said now.

        What people made of a known one (who follows it) stays. Returns the status changes that
        were not known before.
        """
        return await self._put(new, origin, forgets=True)

    async def merge_many(
        self, new: Sequence[NewDossier], *, origin: str, seen_at: dt.datetime | None = None
    ) -> list[NewChange]:
        """As `put_many`, for sources that may not tell all of the history: known changes stay.

        `seen_at`: for sources that tell no history at all; a known dossier that comes with another
        status has changed to it at that moment.
        """
        return await self._put(new, origin, forgets=False, seen_at=seen_at)

    async def hold(self, code: str) -> bool:
        """Keep others from changing a dossier until the transaction ends; whether there is one.

        What is read after it cannot be overtaken. Writing the code over itself locks the row on
        PostgreSQL and the file on SQLite.
        """
        result = await self._connection.execute(
            update(dossiers).where(dossiers.c.code == code).values(code=code)
        )
        return int(result.rowcount) == 1

    async def _put(
        self,
        new: Sequence[NewDossier],
        origin: str,
        *,
        forgets: bool,
        seen_at: dt.datetime | None = None,
    ) -> list[NewChange]:
        await Organisations(self._connection).put(
            [office for one in new for office in offices_of(one.dossier)]
        )
        changes: list[NewChange] = []
        for batch in _batches(new):
            ids = await ids_of(self._connection, [one.dossier.code for one in batch])
            unknown = [one for one in batch if one.dossier.code not in ids]
            known = [one for one in batch if one.dossier.code in ids]
            if known and seen_at is not None:
                known = await with_seen_changes(self._connection, known, seen_at)
            if unknown:
                changes += await self._add(unknown, origin)
            if known:
                changes += await update_known(
                    self._connection, self._keyring, known, origin=origin, forgets=forgets
                )
        return changes

    async def find(
        self, codes: Sequence[str], at: dt.datetime | None = None
    ) -> dict[str, tuple[Dossier, Proofs]]:
        """The dossiers with these codes; the same number of queries however many there are.

        `at`: when a proof will be compared; delegates whose time is over by then are left out of
        the proofs. Without it no delegate is among them.

        Where none has such a code, another one is read in its place and thrown away, so that the
        time it takes does not tell whether a code exists.
        """
        wanted = list(codes)
        decoy = select(func.min(dossiers.c.id)).scalar_subquery()
        query = (
            select(dossiers, sources.c.read_until, sources.c.trouble)
            .outerjoin(sources, sources.c.name == dossiers.c.origin)
            .where(or_(dossiers.c.code.in_(wanted), dossiers.c.id == decoy))
        )
        found = (await self._connection.execute(query)).mappings().all()
        rows = [row for row in found if row["code"] in wanted] or found
        ids = [row["id"] for row in rows]
        details = {table.name: await self._of(table, ids) for table in DETAILS}
        offices = await self._offices(rows, details)
        groups = await self._groups([row["code"] for row in rows])
        read = {
            row["code"]: (
                replace(
                    to_dossier(row, details, offices, self._keyring),
                    group=tuple(groups.get(row["code"], ())),
                ),
                to_proofs(row, details, self._keyring, at),
            )
            for row in rows
        }
        return {code: entry for code, entry in read.items() if code in wanted}

    async def count_by_status(self) -> dict[Status, int]:
        """How many dossiers stand in each status; only statuses that occur."""
        query = select(dossiers.c.status, func.count()).group_by(dossiers.c.status)
        return {Status(status): count for status, count in await self._connection.execute(query)}

    async def codes_in(self, statuses: Sequence[Status]) -> list[str]:
        """The codes of all dossiers in one of these statuses, in order."""
        wanted = dossiers.c.status.in_([status.value for status in statuses])
        query = select(dossiers.c.code).where(wanted).order_by(dossiers.c.code)
        return list(await self._connection.scalars(query))

    async def codes_finished(self, first: dt.datetime, end: dt.datetime) -> list[str]:
        """The codes of all dossiers finished from a moment up to another, that one excluded."""
        wanted = (dossiers.c.finished_at >= first, dossiers.c.finished_at < end)
        query = select(dossiers.c.code).where(*wanted).order_by(dossiers.c.code)
        return list(await self._connection.scalars(query))

    async def remove_origin(self, origin: str) -> int:
        """Delete all dossiers that one origin brought; returns how many."""
        result = await self._connection.execute(delete(dossiers).where(dossiers.c.origin == origin))
        return int(result.rowcount)

    async def _add(self, batch: Sequence[NewDossier], origin: str) -> list[NewChange]:
        result = await self._connection.execute(
            insert(dossiers).returning(dossiers.c.id, dossiers.c.code),
            [dossier_values(one, origin, self._keyring) for one in batch],
        )
        ids = {row.code: row.id for row in result}
        for table, rows in detail_values(batch, ids, self._keyring).items():
            if rows:
                await self._connection.execute(insert(table), rows)
        return [(one.dossier.code, change) for one in batch for change in one.dossier.history]

    async def _of(self, table: Table, ids: Sequence[int]) -> dict[int, list[RowMapping]]:
        order = [table.c[name] for name in ("position", "at", "id") if name in table.c]
        query = select(table).where(table.c.dossier_id.in_(list(ids))).order_by(*order)
        grouped: defaultdict[int, list[RowMapping]] = defaultdict(list)
        for row in (await self._connection.execute(query)).mappings():
            grouped[row["dossier_id"]].append(row)
        return grouped

    async def _groups(self, codes: Sequence[str]) -> dict[str, list[GroupMember]]:
        wanted = (
            dossiers.c.parent_code,
            dossiers.c.procedure_name,
            dossiers.c.status,
            dossiers.c.due_at,
        )
        query = select(*wanted).where(dossiers.c.parent_code.in_(codes)).order_by(dossiers.c.id)
        grouped: defaultdict[str, list[GroupMember]] = defaultdict(list)
        for parent, name, status, due_at in await self._connection.execute(query):
            member = GroupMember(procedure_name=name, status=Status(status), due_at=due_at)
            grouped[parent].append(member)
        return grouped

    async def _offices(
        self,
        rows: Sequence[RowMapping],
        details: Details,
    ) -> dict[str, Organisation]:
        named = {row[place] for row in rows for place in ("receiving", "support", "competent")}
        for name in (legs.name, status_changes.name):
            named |= {row["organisation"] for held in details[name].values() for row in held}
        wanted = [code for code in named if code]
        query = select(organisations).where(organisations.c.code.in_(wanted))
        found = (await self._connection.execute(query)).mappings()
        return {row["code"]: to_organisation(row) for row in found}


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    walk = iter(items)
    while batch := list(islice(walk, _BATCH)):
        yield batch
