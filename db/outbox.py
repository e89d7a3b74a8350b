"""The outbox: what is owed to people, handed out at the pace that a platform allows.

A message is claimed before it is handed to the platform and settled after; whoever claimed it and
died leaves a claim that ends. Nothing is lost, and what may have arrived is sent again once.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

from sqlalchemy import and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from db.channel_tables import chats, outbox
from db.records import Owed, Pace

CLAIM = dt.timedelta(seconds=90)
"""How long a claim lasts: longer than any sender's own time limit."""

REPEAT_AFTER = dt.timedelta(seconds=60)
"""When a message whose answer was lost is sent once more."""


class State(IntEnum):
    """Where a message stands."""

    OWED = 0
    CLAIMED = 1
    SENT = 2
    UNKNOWN = 3
    REFUSED = 4


class Lane(IntEnum):
    """What goes first: replies to people, then what nobody waits for."""

    REPLY = 0
    NOTICE = 1


class Outbox:
    """The store of messages in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(  # noqa: PLR0913 - what a message is, each with its own name
        self,
        channel: str,
        chat: str,
        payloads: Sequence[Mapping[str, Any]],
        *,
        at: dt.datetime,
        lane: Lane = Lane.REPLY,
        in_group: bool = False,
    ) -> None:
        """Owe payloads to a chat, in their order."""
        if not payloads:
            return
        await self._connection.execute(
            insert(outbox),
            [
                {
                    "channel": channel,
                    "chat": chat,
                    "lane": lane.value,
                    "in_group": in_group,
                    "payload": json.dumps(payload, ensure_ascii=False),
                    "state": State.OWED.value,
                    "made_at": at,
                    "not_before": at,
                }
                for payload in payloads
            ],
        )

    async def claim(self, channel: str, pace: Pace, now: dt.datetime, limit: int) -> list[Owed]:
        """Take messages that may be sent now, replies first; only one of each chat at a time.

        The caller holds the channel's lock (`ChannelStates.lock`), so that pace and order hold
        across processes.
        """
        spoken_before = now - dt.timedelta(seconds=pace.chat_seconds)
        earlier = outbox.alias("earlier")
        is_blocked = exists().where(
            earlier.c.channel == channel,
            earlier.c.chat == outbox.c.chat,
            earlier.c.state.in_((State.OWED.value, State.CLAIMED.value)),
            or_(
                earlier.c.state == State.CLAIMED.value,
                and_(earlier.c.lane == outbox.c.lane, earlier.c.id < outbox.c.id),
                earlier.c.lane < outbox.c.lane,
            ),
        )
        query = (
            select(outbox)
            .outerjoin(
                chats, and_(chats.c.channel == outbox.c.channel, chats.c.chat == outbox.c.chat)
            )
            .where(
                outbox.c.channel == channel,
                outbox.c.state == State.OWED.value,
                outbox.c.not_before <= now,
                or_(chats.c.spoken_at.is_(None), chats.c.spoken_at <= spoken_before),
                ~is_blocked,
            )
            .order_by(outbox.c.lane, outbox.c.id)
            .limit(limit)
        )
        rows = (await self._connection.execute(query)).mappings().all()
        if pace.group_a_minute is not None:
            rows = [row for row in rows if await self._group_may_hear(row, pace, now)]
        if rows:
            await self._connection.execute(
                update(outbox)
                .where(outbox.c.id.in_([row["id"] for row in rows]))
                .values(state=State.CLAIMED.value, claimed_at=now, tries=outbox.c.tries + 1)
            )
        return [_owed(row) for row in rows]

    async def settle(self, number: int, state: State, at: dt.datetime, **told: str) -> None:
        """Note how a claimed message ended: sent, unknown or refused. Its text is forgotten."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.id == number, outbox.c.state == State.CLAIMED.value)
            .values(state=state.value, settled_at=at, payload="", **told)
        )

    async def owe_again(
        self, number: int, *, not_before: dt.datetime, reason: str, is_repeat: bool = False
    ) -> None:
        """Give a claimed message back. `is_repeat`: it may have arrived."""
        await self._connection.execute(
            update(outbox)
            .where(outbox.c.id == number, outbox.c.state == State.CLAIMED.value)
            .values(
                state=State.OWED.value,
                not_before=not_before,
                reason=reason,
                is_repeat=True if is_repeat else outbox.c.is_repeat,
            )
        )

    async def refuse_all(self, channel: str, chat: str, at: dt.datetime, reason: str) -> None:
        """Owe nothing more to a chat that cannot be reached."""
        await self._connection.execute(
            update(outbox)
            .where(
                outbox.c.channel == channel,
                outbox.c.chat == chat,
                outbox.c.state.in_((State.OWED.value, State.CLAIMED.value)),
            )
            .values(state=State.REFUSED.value, settled_at=at, payload="", reason=reason)
        )

    async def rename(self, channel: str, chat: str, to: str) -> None:
        """The chat has another id from now on."""
        await self._connection.execute(
            update(outbox).where(outbox.c.channel == channel, outbox.c.chat == chat).values(chat=to)
        )

    async def forget(self, channel: str, chat: str) -> None:
        """Delete all that was and is to be sent to a chat."""
        await self._connection.execute(
            delete(outbox).where(outbox.c.channel == channel, outbox.c.chat == chat)
        )

    async def next_due(self, channel: str) -> dt.datetime | None:
        """When the next message may be due at the earliest; None when nothing is owed."""
        query = select(func.min(outbox.c.not_before)).where(
            outbox.c.channel == channel, outbox.c.state == State.OWED.value
        )
        due: dt.datetime | None = await self._connection.scalar(query)
        return due

    async def purge(self, before: dt.datetime) -> None:
        """Forget messages from before a moment, also those that could not be sent since."""
        unsettled = outbox.c.state.in_((State.OWED.value, State.CLAIMED.value))
        old = or_(outbox.c.settled_at < before, and_(unsettled, outbox.c.made_at < before))
        await self._connection.execute(delete(outbox).where(old))

    async def counts(self, channel: str) -> dict[State, int]:
        """How many messages stand in each state."""
        query = (
            select(outbox.c.state, func.count())
            .where(outbox.c.channel == channel)
            .group_by(outbox.c.state)
        )
        return {State(state): count for state, count in await self._connection.execute(query)}

    async def give_back(self, channel: str, now: dt.datetime) -> None:
        """End claims of whoever died: the first is owed again as a repeat, a second is unknown."""
        ended = (
            outbox.c.channel == channel,
            outbox.c.state == State.CLAIMED.value,
            outbox.c.claimed_at < now - CLAIM,
        )
        await self._connection.execute(
            update(outbox)
            .where(*ended, outbox.c.is_repeat.is_(True))
            .values(state=State.UNKNOWN.value, settled_at=now, payload="", reason="no answer twice")
        )
        await self._connection.execute(
            update(outbox)
            .where(*ended)
            .values(state=State.OWED.value, is_repeat=True, reason="no answer")
        )

    async def _group_may_hear(self, row: RowMapping, pace: Pace, now: dt.datetime) -> bool:
        if not row["in_group"] or pace.group_a_minute is None:
            return True
        query = (
            select(func.count())
            .select_from(outbox)
            .where(
                outbox.c.channel == row["channel"],
                outbox.c.chat == row["chat"],
                outbox.c.claimed_at > now - dt.timedelta(minutes=1),
            )
        )
        return int(await self._connection.scalar(query) or 0) < pace.group_a_minute


def _owed(row: RowMapping) -> Owed:
    return Owed(
        id=row["id"],
        chat=row["chat"],
        payload=json.loads(row["payload"]),
        is_repeat=row["is_repeat"],
        tries=row["tries"] + 1,
    )
