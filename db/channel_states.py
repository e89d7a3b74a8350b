"""What is known of a channel and of its chats: locks, halts, pace, who is gone, buttons."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.channel_tables import channel_states, chats, keyboards
from db.upserts import insert_into


class ChannelStates:
    """Small values of a channel that all processes share."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, channel: str, name: str) -> None:
        """Wait until no other process holds this lock; held until the transaction ends.

        SQLite needs none: it has one process, and one transaction that writes.
        """
        if self._connection.dialect.name == "postgresql":
            key = _lock_key(channel, name)
            await self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    async def get(self, channel: str, name: str) -> str:
        """A kept value; empty where there is none."""
        query = select(channel_states.c.value).where(
            channel_states.c.channel == channel, channel_states.c.name == name
        )
        return str(await self._connection.scalar(query) or "")

    async def values(self, channel: str) -> dict[str, str]:
        """All kept values of a channel by name."""
        query = select(channel_states.c.name, channel_states.c.value).where(
            channel_states.c.channel == channel
        )
        return {row.name: row.value for row in await self._connection.execute(query)}

    async def put(self, channel: str, name: str, value: str) -> None:
        """Keep a value in the place of the one before."""
        key = {"channel": channel, "name": name}
        await _upsert(self._connection, channel_states, key, {"value": value})

    async def heard(self, channel: str, chat: str, at: dt.datetime) -> None:
        """The person did something: whoever was gone is back."""
        values = {"heard_at": at, "gone_at": None, "gone_reason": ""}
        await _upsert(self._connection, chats, {"channel": channel, "chat": chat}, values)

    async def spoke(self, channel: str, spoken_to: Sequence[str], at: dt.datetime) -> None:
        """We sent something to these chats."""
        statement = insert_into(self._connection, chats)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["channel", "chat"],
                set_={"spoken_at": statement.excluded.spoken_at},
            ),
            [
                {"channel": channel, "chat": chat, "spoken_at": at, "gone_reason": ""}
                for chat in spoken_to
            ],
        )

    async def gone(self, channel: str, chat: str, at: dt.datetime, reason: str) -> None:
        """The person can no longer be reached."""
        values = {"gone_at": at, "gone_reason": reason}
        await _upsert(self._connection, chats, {"channel": channel, "chat": chat}, values)

    async def is_gone(self, channel: str, chat: str) -> bool:
        """Whether the person could not be reached last."""
        query = select(chats.c.gone_at).where(chats.c.channel == channel, chats.c.chat == chat)
        return await self._connection.scalar(query) is not None

    async def forget_chat(self, channel: str, chat: str) -> None:
        """Delete what is known of a chat, its buttons as well."""
        for table in (chats, keyboards):
            await self._connection.execute(
                delete(table).where(table.c.channel == channel, table.c.chat == chat)
            )

    async def keep_buttons(
        self, token: str, channel: str, chat: str, actions: Sequence[str], at: dt.datetime
    ) -> None:
        """Keep what the buttons under a token mean, for one chat alone."""
        await self._connection.execute(
            insert(keyboards).values(
                token=token, channel=channel, chat=chat, actions=json.dumps(actions), made_at=at
            )
        )

    async def action_of(
        self, token: str, number: int, *, channel: str, chat: str, since: dt.datetime
    ) -> str | None:
        """What a pressed button means; None when it is another chat's, too old or unknown."""
        query = select(keyboards.c.actions).where(
            keyboards.c.token == token,
            keyboards.c.channel == channel,
            keyboards.c.chat == chat,
            keyboards.c.made_at >= since,
        )
        kept = await self._connection.scalar(query)
        actions = json.loads(kept) if kept else []
        return str(actions[number]) if 0 <= number < len(actions) else None

    async def purge_buttons(self, before: dt.datetime) -> None:
        """Forget buttons from before a moment."""
        await self._connection.execute(delete(keyboards).where(keyboards.c.made_at < before))

    async def rename_chat(self, channel: str, chat: str, to: str) -> None:
        """The chat has another id from now on; what is known of it goes with it."""
        await self._connection.execute(
            delete(chats).where(chats.c.channel == channel, chats.c.chat == to)
        )
        for table in (chats, keyboards):
            await self._connection.execute(
                update(table)
                .where(table.c.channel == channel, table.c.chat == chat)
                .values(chat=to)
            )


async def _upsert(
    connection: AsyncConnection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    statement = insert_into(connection, table).values(**key, **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def _lock_key(channel: str, name: str) -> int:
    digest = sha256(f"{channel}\x1f{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
