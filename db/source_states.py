"""How far each tracking database of others has been read."""

import datetime as dt

from sqlalchemy import insert, literal, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from db.records import SourceState
from db.tables import sources


class SourceStates:
    """The store of sources' states in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, name: str) -> SourceState | None:
        """The state of a source; None before anybody looked at it."""
        query = select(sources).where(sources.c.name == name)
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return _state(row) if row else None

    async def all(self) -> tuple[SourceState, ...]:
        """Every source that was ever looked at, by name."""
        rows = (await self._connection.execute(select(sources).order_by(sources.c.name))).mappings()
        return tuple(_state(row) for row in rows)

    async def begin(self, name: str, at: dt.datetime) -> None:
        """Keep a new source: nothing of it is read yet, so all of it will be true from `at` on."""
        new = {"name": name, "cursor": "", "read_until": at, "checked_at": at, "trouble": ""}
        known = select(sources.c.name).where(sources.c.name == name)
        values = select(*(literal(new[column.name], column.type) for column in sources.columns))
        names = [column.name for column in sources.columns]
        await self._connection.execute(
            insert(sources).from_select(names, values.where(~known.exists()))
        )

    async def advance(self, state: SourceState, cursor: str) -> bool:
        """Move the cursor on from where `state` has it; False where somebody else moved it first.

        Until the transaction ends, nobody else can move it.
        """
        moved = await self._connection.execute(
            update(sources)
            .where(sources.c.name == state.name, sources.c.cursor == state.cursor)
            .values(cursor=cursor)
        )
        return bool(moved.rowcount)

    async def succeed(self, name: str, at: dt.datetime) -> None:
        """A look that began at `at` has seen everything."""
        await self._set(name, read_until=at, checked_at=at, trouble="")

    async def fail(self, name: str, at: dt.datetime, trouble: str) -> None:
        """A look failed: what was read before stays true up to where it was."""
        await self._set(name, checked_at=at, trouble=trouble)

    async def forget_cursor(self, name: str) -> None:
        """Read everything again at the next look; dossiers and their history stay."""
        await self._set(name, cursor="")

    async def _set(self, name: str, **values: object) -> None:
        await self._connection.execute(
            update(sources).where(sources.c.name == name).values(**values)
        )


def _state(row: RowMapping) -> SourceState:
    return SourceState(
        name=row["name"],
        cursor=row["cursor"],
        read_until=row["read_until"],
        checked_at=row["checked_at"],
        trouble=row["trouble"],
    )
