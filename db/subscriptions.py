"""Who follows which dossier."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.records import ProofKind, Subscription
from db.tables import dossiers, subscriptions


class Subscriptions:
    """Addresses and the dossiers that they follow, each at most once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def follow(
        self, channel: str, chat: str, code: str, *, by: ProofKind, at: dt.datetime
    ) -> None:
        """Begin to follow; nothing changes where the address follows it already."""
        if code in await self.codes_of(channel, chat):
            return
        known = select(dossiers.c.id).where(dossiers.c.code == code).scalar_subquery()
        await self._connection.execute(
            insert(subscriptions).values(
                channel=channel, chat=chat, dossier_id=known, proof=by.value, since=at
            )
        )

    async def unfollow(self, channel: str, chat: str, code: str) -> None:
        """End following one dossier."""
        known = select(dossiers.c.id).where(dossiers.c.code == code).scalar_subquery()
        await self._connection.execute(
            delete(subscriptions).where(
                subscriptions.c.channel == channel,
                subscriptions.c.chat == chat,
                subscriptions.c.dossier_id == known,
            )
        )

    async def codes_of(self, channel: str, chat: str) -> tuple[str, ...]:
        """The codes of what an address follows, longest followed first."""
        return tuple(one.code for one in await self.of(channel, chat))

    async def of(self, channel: str, chat: str) -> Sequence[Subscription]:
        """What an address follows, longest followed first."""
        query = (
            select(dossiers.c.code, subscriptions.c.proof, subscriptions.c.since)
            .join(dossiers)
            .where(subscriptions.c.channel == channel, subscriptions.c.chat == chat)
            .order_by(subscriptions.c.id)
        )
        return [
            Subscription(code=row.code, by=ProofKind(row.proof), since=row.since)
            for row in await self._connection.execute(query)
        ]

    async def rename(self, channel: str, chat: str, to: str) -> None:
        """The chat has another id from now on; what it follows under that already stays."""
        there = select(subscriptions.c.dossier_id).where(
            subscriptions.c.channel == channel, subscriptions.c.chat == to
        )
        await self._connection.execute(
            delete(subscriptions).where(
                subscriptions.c.channel == channel,
                subscriptions.c.chat == chat,
                subscriptions.c.dossier_id.in_(there),
            )
        )
        await self._connection.execute(
            update(subscriptions)
            .where(subscriptions.c.channel == channel, subscriptions.c.chat == chat)
            .values(chat=to)
        )

    async def forget(self, channel: str, chat: str) -> None:
        """End all that an address follows."""
        await self._connection.execute(
            delete(subscriptions).where(
                subscriptions.c.channel == channel, subscriptions.c.chat == chat
            )
        )
