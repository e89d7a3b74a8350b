"""What the API does with the tracking database: one transaction for each dossier."""

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress

from bot.console.api.answers import (
    BatchResult,
    PairingResult,
    RowOutcome,
    RowResult,
    ShownDossier,
    StatusResult,
    shown,
)
from bot.console.api.models import SentDossier, SentStatus
from bot.console.api.problems import Refused
from bot.console.api.reading import Row
from bot.console.api.records import Translation, is_known, offices_after, offices_named
from db.engine import Database, DatabaseTrouble
from db.pairings import LIFETIME
from db.records import Dossier, NewDossier
from db.work import UnitOfWork

ORIGIN = "api"

_ROWS_A_CONNECTION = 10
"""Rows kept one after another before somebody else may write: citizens wait on SQLite."""

_TRIES = 2
"""Two systems that bring the same new dossier or office at once collide; the later tries again."""


async def put_dossiers(database: Database, rows: Sequence[Row]) -> BatchResult:
    """Keep what is right of a batch. Raises DatabaseTrouble when the database does not work."""
    right = [(index, row.sent) for index, row in enumerate(rows) if row.sent]
    results = [_refused(index, row) for index, row in enumerate(rows) if not row.sent]
    for first in range(0, len(right), _ROWS_A_CONNECTION):
        results += await _put_some(database, right[first : first + _ROWS_A_CONNECTION])
    return BatchResult(
        accepted=len(right),
        refused=len(rows) - len(right),
        results=tuple(sorted(results, key=lambda result: result.index)),
    )


async def change_status(database: Database, code: str, sent: SentStatus) -> StatusResult:
    """Keep one status change; an event that is known changes nothing. Raises Refused, 404."""
    async with database.unit() as unit:
        await unit.dossiers.hold(code)
        dossier = await _dossier(unit, code)
        known = await unit.organisations.find(offices_named(sent))
        translation = Translation(offices=offices_after(sent, known))
        if is_known(translation.change(sent), dossier.history):
            return StatusResult(code=code, status=dossier.status, is_new=False)
        changed = translation.changed(dossier, sent)
        await unit.dossiers.merge_many([NewDossier(dossier=changed)], origin=ORIGIN)
        await unit.commit()
    return StatusResult(code=code, status=changed.status, is_new=True)


async def make_pairing(
    database: Database, code: str, *, made_by: str, now: dt.datetime
) -> PairingResult:
    """A pairing code for the desk to hand over. Raises Refused, 404."""
    async with database.unit() as unit:
        made = await unit.pairings.make(code, made_by=made_by, now=now)
        await unit.commit()
    if made is None:
        raise _unknown()
    return PairingResult(code=code, pairing_code=made, expires_at=now + LIFETIME)


async def show(database: Database, code: str) -> ShownDossier:
    """A dossier as staff see it. Raises Refused, 404."""
    async with database.unit() as unit:
        return shown(await _dossier(unit, code))


async def _put_some(database: Database, rows: Sequence[tuple[int, SentDossier]]) -> list[RowResult]:
    results: list[RowResult] = []
    with suppress(*DatabaseTrouble):
        async with database.unit() as unit:
            for index, sent in rows:
                results.append(await _put(unit, index, sent))
    for index, sent in rows[len(results) :]:
        results.append(await _put_again(database, index, sent))
    return results


async def _put_again(database: Database, index: int, sent: SentDossier) -> RowResult:
    for _ in range(_TRIES):
        with suppress(*DatabaseTrouble):
            async with database.unit() as unit:
                return await _put(unit, index, sent)
    async with database.unit() as unit:
        return await _put(unit, index, sent)


async def _put(unit: UnitOfWork, index: int, sent: SentDossier) -> RowResult:
    """One row, committed by itself."""
    is_known_code = await unit.dossiers.hold(sent.code)
    known = await unit.organisations.find(offices_named(sent))
    new = Translation(offices=offices_after(sent, known)).dossier(sent)
    changes = await unit.dossiers.merge_many([new], origin=ORIGIN)
    await unit.commit()
    return RowResult(
        index=index,
        code=sent.code,
        outcome=RowOutcome.UPDATED if is_known_code else RowOutcome.CREATED,
        new_changes=len(changes),
    )


def _refused(index: int, row: Row) -> RowResult:
    return RowResult(index=index, code=row.code, outcome=RowOutcome.REFUSED, problems=row.problems)


async def _dossier(unit: UnitOfWork, code: str) -> Dossier:
    found = await unit.dossiers.find([code])
    if code not in found:
        raise _unknown()
    return found[code][0]


def _unknown() -> Refused:
    return Refused(
        404, "No dossier has this code.", advice="Bring it first, with PUT /api/v1/dossiers."
    )
