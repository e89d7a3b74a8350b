"""Conversations and their turns."""

import datetime as dt
import json

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from db.records import ConversationId, StoredConversation, TurnRecord
from db.tables import conversations, turns
from db.upserts import insert_into


class Conversations:
    """One row per address, and what was said."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def load(self, channel: str, chat: str) -> StoredConversation | None:
        """The kept state of an address, None before its first turn."""
        query = select(conversations).where(
            conversations.c.channel == channel, conversations.c.chat == chat
        )
        row = (await self._connection.execute(query)).mappings().first()
        if row is None:
            return None
        return StoredConversation(
            id=ConversationId(row["id"]),
            channel=row["channel"],
            chat=row["chat"],
            state=row["state"],
            updated_at=row["updated_at"],
        )

    async def save(self, channel: str, chat: str, state: str, at: dt.datetime) -> ConversationId:
        """Keep the state of an address, new or known."""
        statement = insert_into(self._connection, conversations).values(
            channel=channel, chat=chat, state=state, updated_at=at
        )
        result = await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["channel", "chat"], set_={"state": state, "updated_at": at}
            ).returning(conversations.c.id)
        )
        return ConversationId(result.scalar_one())

    async def add_turn(self, conversation: ConversationId, turn: TurnRecord) -> None:
        """Keep one turn."""
        await self._connection.execute(
            insert(turns).values(
                conversation_id=conversation,
                at=turn.at,
                said=turn.said,
                reply=turn.reply,
                outcome=turn.outcome,
                facet=turn.facet,
                code=turn.code,
                revision=turn.revision,
                candidates=json.dumps(turn.candidates),
                milliseconds=turn.milliseconds,
            )
        )

    async def judge_last(
        self, conversation: ConversationId, *, picked: str = "", is_helpful: bool | None = None
    ) -> None:
        """Keep what a person's next message says of the last turn."""
        said: dict[str, object] = {}
        if picked:
            said["picked"] = picked
        if is_helpful is not None:
            said["is_helpful"] = is_helpful
        if not said:
            return
        last = select(func.max(turns.c.id)).where(turns.c.conversation_id == conversation)
        await self._connection.execute(
            update(turns).where(turns.c.id == last.scalar_subquery()).values(**said)
        )

    async def misunderstood(self, since: dt.datetime, limit: int) -> tuple[TurnRecord, ...]:
        """Turns since a moment that were not understood, asked back or called wrong, newest first.

        Turns about dossiers are never among them.
        """
        query = (
            select(turns)
            .where(
                turns.c.at >= since,
                turns.c.candidates != "[]",
                or_(
                    turns.c.outcome.in_(("unanswered_unknown", "asked_which")),
                    turns.c.is_helpful.is_(False),
                ),
            )
            .order_by(turns.c.id.desc())
            .limit(limit)
        )
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(_turn(row) for row in rows)

    async def turns(self, channel: str, chat: str, limit: int) -> tuple[TurnRecord, ...]:
        """The last `limit` turns of an address, oldest first."""
        query = (
            select(turns)
            .join(conversations)
            .where(conversations.c.channel == channel, conversations.c.chat == chat)
            .order_by(turns.c.id.desc())
            .limit(limit)
        )
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(_turn(row) for row in reversed(rows))

    async def rename(self, channel: str, chat: str, to: str) -> None:
        """The chat has another id from now on; one that was begun under it already stays."""
        if await self.load(channel, to) is not None:
            await self.forget(channel, chat)
            return
        await self._connection.execute(
            update(conversations)
            .where(conversations.c.channel == channel, conversations.c.chat == chat)
            .values(chat=to)
        )

    async def forget(self, channel: str, chat: str) -> None:
        """Delete the conversation of an address and everything said in it."""
        await self._connection.execute(
            delete(conversations).where(
                conversations.c.channel == channel, conversations.c.chat == chat
            )
        )

    async def purge(self, before: dt.datetime) -> None:
        """Delete turns from before a moment, and conversations silent since then."""
        await self._connection.execute(delete(turns).where(turns.c.at < before))
        await self._connection.execute(
            delete(conversations).where(conversations.c.updated_at < before)
        )


def _turn(row: RowMapping) -> TurnRecord:
    return TurnRecord(
        at=row["at"],
        said=row["said"],
        reply=row["reply"],
        outcome=row["outcome"],
        facet=row["facet"],
        code=row["code"],
        revision=row["revision"],
        candidates=tuple((code, score) for code, score in json.loads(row["candidates"])),
        milliseconds=row["milliseconds"],
        picked=row["picked"],
        is_helpful=row["is_helpful"],
    )
