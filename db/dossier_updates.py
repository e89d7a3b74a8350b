"""Dossiers brought again: updated in place, so that what hangs on them (who follows them) stays."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Table,
    Update,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from db.dossier_rows import DETAILS, detail_values, dossier_values
from db.records import NewDossier, StatusChange
from db.secrets import Keyring
from db.tables import delegates, dossiers, status_changes

_KEPT_WHEN_EMPTY = (
    "owner_phone",
    "owner_phone_hash",
    "owner_number_hash",
    "number_tail_hash",
    "receipt_secret_hash",
)
"""What a source may not know: bringing a dossier without it takes nothing away."""

_GIVEN = {column.name: f"new_{column.name}" for column in dossiers.columns}
"""What a column's new value is called in the statement: its own name is not free there."""

NewChange = tuple[str, StatusChange]
"""The dossier's code, and a status change of it that was not known before."""


async def update_known(
    connection: AsyncConnection,
    keyring: Keyring,
    batch: Sequence[NewDossier],
    *,
    origin: str,
    forgets: bool,
) -> list[NewChange]:
    """Bring known dossiers to what `batch` says; returns the new status changes.

    Legs, requests, fees and extensions become those of the batch; delegates only where it names
    some. A status change that is known already keeps its row. With `forgets`, one that the batch
    does not name is deleted.
    """
    ids = await ids_of(connection, [one.dossier.code for one in batch])
    await connection.execute(
        _in_place(),
        [
            {_GIVEN[name]: value for name, value in dossier_values(one, origin, keyring).items()}
            | {"known_id": ids[one.dossier.code]}
            for one in batch
        ],
    )
    values = detail_values(batch, ids, keyring)
    for table in DETAILS:
        if table is not status_changes:
            await _replace(connection, table, ids, values[table])
    return await _keep_history(connection, batch, ids, values[status_changes], forgets=forgets)


async def ids_of(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, int]:
    """The ids of those dossiers that are known, by code."""
    query = select(dossiers.c.code, dossiers.c.id).where(dossiers.c.code.in_(codes))
    return {row.code: row.id for row in await connection.execute(query)}


async def with_seen_changes(
    connection: AsyncConnection, batch: Sequence[NewDossier], seen_at: dt.datetime
) -> list[NewDossier]:
    """The same known dossiers; one without history that has another status now says so in it."""
    codes = [one.dossier.code for one in batch]
    query = select(dossiers.c.code, dossiers.c.status).where(dossiers.c.code.in_(codes))
    before = {row.code: row.status for row in await connection.execute(query)}
    return [_seen(one, before[one.dossier.code], seen_at) for one in batch]


def _seen(new: NewDossier, before: int, seen_at: dt.datetime) -> NewDossier:
    dossier = new.dossier
    if dossier.history or before == dossier.status.value:
        return new
    change = StatusChange(at=seen_at, status=dossier.status)
    return replace(new, dossier=replace(dossier, history=(change,)))


@cache
def _in_place() -> Update:
    values: dict[str, ColumnElement[object]] = {}
    for column in dossiers.columns:
        if column.name in {"id", "code"}:
            continue
        given = bindparam(_GIVEN[column.name], type_=column.type)
        kept = func.coalesce(func.nullif(given, ""), column)
        values[column.name] = kept if column.name in _KEPT_WHEN_EMPTY else given
    return update(dossiers).where(dossiers.c.id == bindparam("known_id")).values(values)


async def _replace(
    connection: AsyncConnection,
    table: Table,
    ids: Mapping[str, int],
    rows: Sequence[Mapping[str, object]],
) -> None:
    named = {row["dossier_id"] for row in rows}
    replaced = named if table is delegates else ids.values()
    if replaced:
        await connection.execute(delete(table).where(table.c.dossier_id.in_(list(replaced))))
    if rows:
        await connection.execute(insert(table), rows)


async def _keep_history(
    connection: AsyncConnection,
    batch: Sequence[NewDossier],
    ids: Mapping[str, int],
    rows: Sequence[Mapping[str, object]],
    *,
    forgets: bool,
) -> list[NewChange]:
    known = await _known_changes(connection, ids, all_of_them=forgets or not _are_marked(rows))
    brought = [(one.dossier.code, change) for one in batch for change in one.dossier.history]
    fresh = {
        _identity(row): (row, change)
        for row, change in zip(rows, brought, strict=True)
        if _identity(row) not in known
    }
    gone = set(known) - {_identity(row) for row in rows}
    if gone and forgets:
        wanted = status_changes.c.id.in_([known[one] for one in gone])
        await connection.execute(delete(status_changes).where(wanted))
    if fresh:
        await connection.execute(insert(status_changes), [row for row, _ in fresh.values()])
    return [change for _, change in fresh.values()]


async def _known_changes(
    connection: AsyncConnection, ids: Mapping[str, int], *, all_of_them: bool
) -> dict[tuple[object, ...], int]:
    """The ids of the changes that are known, by what makes them the same event.

    Not all of them: those that have a mark, without reading what they say.
    """
    own = status_changes.c.dossier_id.in_(ids.values())
    if all_of_them:
        found = (await connection.execute(select(status_changes).where(own))).mappings()
        return {_identity(row): row["id"] for row in found}
    columns = (status_changes.c.dossier_id, status_changes.c.event_key, status_changes.c.id)
    marked = select(*columns).where(own, status_changes.c.event_key.is_not(None))
    return {(of, key): change for of, key, change in await connection.execute(marked)}


def _are_marked(rows: Sequence[Mapping[str, object]]) -> bool:
    return all(row["event_key"] is not None for row in rows)


def _identity(row: Mapping[str, object] | RowMapping) -> tuple[object, ...]:
    """What makes it the same event when it is brought again: its mark, or all that it says."""
    if row["event_key"] is not None:
        return (row["dossier_id"], row["event_key"])
    return (row["dossier_id"], row["at"], row["status"], row["organisation"], row["text"])
