"""Bringing what changed in a source into our database, batch by batch, one transaction each."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy.exc import DataError, IntegrityError

from db.dossier_updates import NewChange
from db.engine import Database
from db.records import NewDossier, SourceState
from db.sources.mapping_file import Source
from db.sources.marks import AHEAD, Reached
from db.sources.reading import Batch, SourceReader, Unread
from db.sources.threads import in_thread
from db.sources.trouble import SourceTrouble
from db.work import UnitOfWork

_SHOWN = 100
"""Unread rows that a report names; the others are counted."""

_REFUSED = (DataError, IntegrityError, ValueError)
"""What our database raises for one row that it cannot keep."""

Tell = Callable[[UnitOfWork, Sequence[NewChange]], Awaitable[None]]
"""Is told new status changes inside the transaction that keeps them: both happen, or neither."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncReport:
    """What one look did. `trouble` is empty when everything up to its beginning was read.

    `unread` names some of the rows that could not be read, `unread_count` counts all of them.
    """

    source: str
    rows: int = 0
    dossiers: int = 0
    changes: int = 0
    unread_count: int = 0
    unread: tuple[Unread, ...] = ()
    trouble: str = ""


async def sync(
    database: Database, source: Source, now: dt.datetime, *, tell: Tell | None = None
) -> SyncReport:
    """Read what changed in a source since the last look and keep it.

    The cursor moves in the transaction that keeps what lies before it, so that a process may be
    killed anywhere: nothing is lost, and no event is kept or told twice. A source that cannot be
    read is no error: its state and the report say why, and what was read before stays.
    """
    state = await _state(database, source.name, now)
    look = _Look(database, source, now, state, tell)
    try:
        await look.run()
    except SourceTrouble as trouble:
        async with database.unit() as unit:
            await unit.source_states.fail(source.name, now, str(trouble))
            await unit.commit()
        return replace(look.report, trouble=str(trouble))
    return look.report


async def read_again(database: Database, source: Source) -> None:
    """Make the next look read everything, as after a change of the mapping."""
    async with database.unit() as unit:
        await unit.source_states.forget_cursor(source.name)
        await unit.commit()


class _Look:
    """One look at a source, from where the last one ended to the present end."""

    def __init__(
        self,
        database: Database,
        source: Source,
        now: dt.datetime,
        state: SourceState,
        tell: Tell | None,
    ) -> None:
        self._database = database
        self._source = source
        self._now = now
        self._state = state
        self._tell = tell
        self.report = SyncReport(source=source.name)

    async def run(self) -> None:
        reader = await in_thread(lambda: SourceReader(self._source))
        try:
            await in_thread(reader.check)
            await self._read(reader)
        finally:
            reader.close()

    async def _read(self, reader: SourceReader) -> None:
        mapping, now = self._source.mapping, self._now
        overlap = dt.timedelta(seconds=mapping.cursor.overlap_seconds)
        ceiling = (now + AHEAD).astimezone(mapping.zone)
        stored = Reached.load(self._state.cursor, reader.columns)
        if stored.is_loading and stored.at is None:
            stored = replace(stored, at=await in_thread(partial(reader.newest, ceiling)))
        reached, trusted, is_last = stored.begin(overlap), stored, False
        while not is_last:
            # One after the other: reading on meanwhile was slower, and slowed the desk's turns.
            batch = await in_thread(partial(reader.read, reached, ceiling))
            reached, is_last = batch.reached, batch.is_last
            trusted = trusted.further(batch.trusted) if batch.trusted else trusted
            kept = stored.end(trusted, now, overlap) if is_last else trusted
            if not await self._keep(batch, kept):
                return  # another process reads this source, and was faster
        if self.report.rows and kept.at is None:
            raise SourceTrouble("The cursor columns are empty everywhere: name other ones.")

    async def _keep(self, batch: Batch, reached: Reached) -> bool:
        """Keep a batch and where it ends; False where somebody else moved the cursor."""
        cursor, refused = reached.dump(), list[Unread]()
        try:
            changes = await self._in_one_transaction(batch, cursor)
        except _REFUSED:
            changes = 0
            for key, new in batch.found:
                told = await self._alone(new)
                if told is None:
                    refused.append(Unread(key=key, reason="our database refuses it"))
                changes += told or 0
            empty = replace(batch, found=())
            if await self._in_one_transaction(empty, cursor) is None:
                return False
        if changes is None:
            return False
        self._state = replace(self._state, cursor=cursor)
        unread = (*batch.unread, *refused)
        self.report = replace(
            self.report,
            rows=self.report.rows + batch.rows,
            dossiers=self.report.dossiers + len(batch.found) - len(refused),
            changes=self.report.changes + changes,
            unread_count=self.report.unread_count + len(unread),
            unread=(*self.report.unread, *unread)[:_SHOWN],
        )
        return True

    async def _in_one_transaction(self, batch: Batch, cursor: str) -> int | None:
        async with self._database.unit() as unit:
            if not await unit.source_states.advance(self._state, cursor):
                return None
            changes = await self._merge(unit, [new for _, new in batch.found])
            if batch.is_last:
                await unit.source_states.succeed(self._source.name, self._now)
            await unit.commit()
        return changes

    async def _alone(self, new: NewDossier) -> int | None:
        """Keep one dossier of a batch that was refused; None where it is the one."""
        try:
            async with self._database.unit() as unit:
                changes = await self._merge(unit, [new])
                await unit.commit()
        except _REFUSED:
            return None
        return changes

    async def _merge(self, unit: UnitOfWork, dossiers: Sequence[NewDossier]) -> int:
        changes = await unit.dossiers.merge_many(dossiers, origin=self._source.name)
        if self._tell and changes:
            await self._tell(unit, changes)
        return len(changes)


async def _state(database: Database, name: str, now: dt.datetime) -> SourceState:
    async with database.unit() as unit:
        known = await unit.source_states.get(name)
        if known is None:
            await unit.source_states.begin(name, now)
            await unit.commit()
    return known or SourceState(name=name, read_until=now, checked_at=now)
