"""Published knowledge: append-only, content-addressed (docs/adr/0002)."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.records import RevisionInfo
from db.tables import knowledge_items, revision_items, revisions
from knowledge.model import Procedure, ProcedureCode, Revision

Item = TypeVar("Item")

_procedures = TypeAdapter(list[Procedure])
_procedure = TypeAdapter(Procedure)
_BATCH = 400  # rows per statement: below SQLite's limit of bound parameters

_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Revisions:
    """Revisions are numbered from 1 and never change."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def current_number(self) -> int:
        """The newest revision's number, 0 when nothing was ever published."""
        return int(await self._connection.scalar(select(func.max(revisions.c.number))) or 0)

    async def publish(
        self,
        procedures: Mapping[ProcedureCode, Procedure],
        *,
        at: dt.datetime,
        by: str,
        note: str,
    ) -> int:
        """Publish a whole state. The same state as the current one makes no new revision."""
        bodies = {code: _procedure.dump_json(one) for code, one in sorted(procedures.items())}
        digests = {code: hashlib.sha256(body).hexdigest() for code, body in bodies.items()}
        whole = hashlib.sha256("".join(digests.values()).encode()).hexdigest()
        current = await self.current_number()
        if current and await self._digest(current) == whole:
            return current
        number = current + 1
        await self._connection.execute(
            insert(revisions).values(
                number=number, digest=whole, published_at=at, published_by=by, note=note
            )
        )
        await self._add_items(bodies, digests)
        rows = [
            {"revision": number, "code": code, "digest": digest} for code, digest in digests.items()
        ]
        for batch in _batches(rows):
            await self._connection.execute(insert(revision_items), batch)
        return number

    async def load(self, number: int) -> Revision:
        """A whole revision; number 0 is the empty one. Raises LookupError for an unknown number."""
        if number == 0:
            return Revision(number=0, published_at=_BEGINNING)
        published = await self._connection.scalar(
            select(revisions.c.published_at).where(revisions.c.number == number)
        )
        if published is None:
            raise LookupError(f"There is no revision {number}.")
        query = (
            select(knowledge_items.c.body)
            .join(revision_items, revision_items.c.digest == knowledge_items.c.digest)
            .where(revision_items.c.revision == number)
            .order_by(revision_items.c.code)
        )
        bodies = (await self._connection.scalars(query)).all()
        procedures = _procedures.validate_json(f"[{','.join(bodies)}]")
        return Revision(
            number=number,
            published_at=published,
            procedures=MappingProxyType({one.code: one for one in procedures}),
        )

    async def all(self) -> tuple[RevisionInfo, ...]:
        """Every revision, newest first."""
        query = select(revisions).order_by(revisions.c.number.desc())
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(
            RevisionInfo(
                number=row["number"],
                published_at=row["published_at"],
                published_by=row["published_by"],
                note=row["note"],
            )
            for row in rows
        )

    async def _digest(self, number: int) -> str:
        query = select(revisions.c.digest).where(revisions.c.number == number)
        return str(await self._connection.scalar(query))

    async def _add_items(
        self, bodies: Mapping[ProcedureCode, bytes], digests: Mapping[ProcedureCode, str]
    ) -> None:
        known: set[str] = set()
        for batch in _batches(list(digests.values())):
            query = select(knowledge_items.c.digest).where(knowledge_items.c.digest.in_(batch))
            known.update(await self._connection.scalars(query))
        new_rows = {
            digests[code]: {"digest": digests[code], "code": code, "body": body.decode()}
            for code, body in bodies.items()
            if digests[code] not in known
        }
        for rows in _batches(list(new_rows.values())):
            await self._connection.execute(insert(knowledge_items), rows)


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    walk = iter(items)
    while batch := list(islice(walk, _BATCH)):
        yield batch
