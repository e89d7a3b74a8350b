"""The inbox: every update is kept before it is acknowledged, and has its effect once."""

import datetime as dt
from collections.abc import Collection, Sequence
from enum import IntEnum

from sqlalchemy import func, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from db.channel_tables import inbox
from db.records import Kept, NewUpdate
from db.upserts import insert_into


class State(IntEnum):
    """Where an update stands."""

    NEW = 0
    DONE = 1
    PARKED = 2


NEIGHBOURS = 50
"""How many places before an update are looked at for one that is still on its way."""


class Inbox:
    """The store of updates in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, channel: str, updates: Sequence[NewUpdate], at: dt.datetime) -> None:
        """Keep updates; one that is known by its key is not kept again."""
        if not updates:
            return
        await self._connection.execute(
            insert_into(self._connection, inbox).on_conflict_do_nothing(
                index_elements=["channel", "key"]
            ),
            [
                {
                    "channel": channel,
                    "key": one.key,
                    "chat": one.chat,
                    "place": one.place,
                    "body": one.body,
                    "received_at": at,
                    "state": State.NEW.value,
                    "tries": 0,
                    "not_before": at,
                    "trouble": "",
                }
                for one in updates
            ],
        )

    async def waiting(
        self, channels: Collection[str], now: dt.datetime, limit: int
    ) -> list[tuple[str, str]]:
        """Chats of these channels with an update for now, the longest waiting first."""
        query = (
            select(inbox.c.channel, inbox.c.chat)
            .where(inbox.c.state == State.NEW.value, inbox.c.channel.in_(channels))
            .group_by(inbox.c.channel, inbox.c.chat)
            .having(func.min(inbox.c.not_before) <= now)
            .order_by(func.min(inbox.c.id))
            .limit(limit)
        )
        return [(row.channel, row.chat) for row in await self._connection.execute(query)]

    async def first_of(self, channel: str, chat: str) -> Kept | None:
        """The update of a chat whose turn it is: by the platform's order, then as they came.

        How many of the places before it are there is seen at the same moment.
        """
        near = inbox.alias("near")
        neighbours = (
            select(func.count())
            .select_from(near)
            .where(
                near.c.channel == inbox.c.channel,
                near.c.place >= inbox.c.place - NEIGHBOURS,
                near.c.place < inbox.c.place,
            )
            .scalar_subquery()
        )
        query = (
            select(inbox, neighbours.label("neighbours"))
            .where(
                inbox.c.state == State.NEW.value, inbox.c.channel == channel, inbox.c.chat == chat
            )
            .order_by(func.coalesce(inbox.c.place, 0), inbox.c.id)
            .limit(1)
        )
        row = (await self._connection.execute(query)).mappings().first()
        return None if row is None else _kept(row)

    async def missing_before(self, channel: str, place: int) -> frozenset[int]:
        """Which of the `NEIGHBOURS` places right before this one never came."""
        query = select(inbox.c.place).where(
            inbox.c.channel == channel,
            inbox.c.place >= place - NEIGHBOURS,
            inbox.c.place < place,
        )
        there = set(await self._connection.scalars(query))
        return frozenset(range(max(place - NEIGHBOURS, 0), place)) - there

    async def last_arrival(self) -> dt.datetime | None:
        """When something came in last, on whatever channel."""
        at: dt.datetime | None = await self._connection.scalar(
            select(func.max(inbox.c.received_at))
        )
        return at

    async def finish(self, number: int) -> bool:
        """Mark an update as done, once: False when somebody else has done that already.

        Its text is forgotten; its key is kept, so that it is known when it is delivered again.
        """
        result = await self._connection.execute(
            update(inbox)
            .where(inbox.c.id == number, inbox.c.state == State.NEW.value)
            .values(state=State.DONE.value, body="", trouble="")
        )
        return int(result.rowcount) == 1

    async def postpone(self, number: int, *, until: dt.datetime, trouble: str) -> int:
        """Note a failed try; returns how many there were."""
        await self._connection.execute(
            update(inbox)
            .where(inbox.c.id == number, inbox.c.state == State.NEW.value)
            .values(tries=inbox.c.tries + 1, not_before=until, trouble=trouble)
        )
        query = select(inbox.c.tries).where(inbox.c.id == number)
        return int(await self._connection.scalar(query) or 0)

    async def park(self, number: int) -> None:
        """Set an update aside: its chat goes on without it, and `replay` brings it back."""
        await self._connection.execute(
            update(inbox)
            .where(inbox.c.id == number, inbox.c.state == State.NEW.value)
            .values(state=State.PARKED.value)
        )

    async def parked(self) -> list[Kept]:
        """What was set aside, oldest first."""
        query = select(inbox).where(inbox.c.state == State.PARKED.value).order_by(inbox.c.id)
        return [_kept(row) for row in (await self._connection.execute(query)).mappings()]

    async def replay(self, number: int, now: dt.datetime) -> bool:
        """Bring a parked update back to its turn; False when no such one is parked."""
        result = await self._connection.execute(
            update(inbox)
            .where(inbox.c.id == number, inbox.c.state == State.PARKED.value)
            .values(state=State.NEW.value, tries=0, not_before=now)
        )
        return int(result.rowcount) == 1

    async def purge(self, before: dt.datetime) -> None:
        """Forget updates from before a moment: done, parked, and those that nobody took up."""
        await self._connection.execute(inbox.delete().where(inbox.c.received_at < before))

    async def forget(self, channel: str, chat: str) -> None:
        """Forget whose the finished updates were: only their keys are left, to know them again."""
        await self._connection.execute(
            update(inbox)
            .where(
                inbox.c.channel == channel,
                inbox.c.chat == chat,
                inbox.c.state != State.NEW.value,
            )
            .values(chat="", body="", trouble="")
        )

    async def rename(self, channel: str, chat: str, to: str) -> None:
        """The chat has another id from now on."""
        await self._connection.execute(
            update(inbox).where(inbox.c.channel == channel, inbox.c.chat == chat).values(chat=to)
        )

    async def counts(self) -> dict[State, int]:
        """How many updates stand in each state."""
        query = select(inbox.c.state, func.count()).group_by(inbox.c.state)
        return {State(state): count for state, count in await self._connection.execute(query)}


def _kept(row: RowMapping) -> Kept:
    return Kept(
        id=row["id"],
        channel=row["channel"],
        chat=row["chat"],
        place=row["place"],
        body=row["body"],
        received_at=row["received_at"],
        tries=row["tries"],
        is_whole=row.get("neighbours", 0) >= NEIGHBOURS,
        not_before=row["not_before"],
        trouble=row["trouble"],
    )
