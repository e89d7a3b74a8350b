"""Tries to prove the right to know, counted against guessing; hashes only, never codes."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables import proof_attempts


class Attempts:
    """Counts failures per address, and per address and dossier."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def guard(self, hashes: Sequence[str]) -> None:
        """Let one try at a time count for these addresses and codes, until the transaction ends.

        Otherwise as many tries as are made at once would each find the limit not reached yet.
        SQLite needs no more than its one writer: a second one that read before finds its
        reading outdated and is refused.
        """
        if self._connection.dialect.name != "postgresql":
            return
        for one in sorted(set(hashes)):  # in order, so that two never wait for each other
            key = int(one[:16], 16) - (1 << 63)
            await self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    async def failures_overall(self, since: dt.datetime) -> int:
        """How many proofs failed since a moment, of whatever address and dossier."""
        return await self._failures(proof_attempts.c.chat_hash != "", since)

    async def record(
        self, chat_hash: str, code_hash: str, at: dt.datetime, *, succeeded: bool
    ) -> None:
        """Remember one try."""
        await self._connection.execute(
            insert(proof_attempts).values(
                chat_hash=chat_hash, code_hash=code_hash, at=at, succeeded=succeeded
            )
        )

    async def failures_since(self, chat_hash: str, since: dt.datetime) -> int:
        """How often this address failed since a moment, with whatever dossier."""
        return await self._failures(proof_attempts.c.chat_hash == chat_hash, since)

    async def failures_on(self, code_hashes: Sequence[str], since: dt.datetime) -> int:
        """How often a proof for one of these codes failed since a moment, from whatever address."""
        return await self._failures(proof_attempts.c.code_hash.in_(code_hashes), since)

    async def _failures(self, counted: ColumnElement[bool], since: dt.datetime) -> int:
        query = (
            select(func.count())
            .select_from(proof_attempts)
            .where(counted, proof_attempts.c.at >= since, proof_attempts.c.succeeded.is_(False))
        )
        return int(await self._connection.scalar(query) or 0)

    async def purge(self, before: dt.datetime) -> None:
        """Forget tries older than a moment."""
        await self._connection.execute(delete(proof_attempts).where(proof_attempts.c.at < before))
