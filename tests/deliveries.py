"""Deliveries of updates as networks make them: repeated, and shuffled within windows."""

import asyncio
import json
import random
from collections.abc import Sequence

from sqlalchemy import text

from bot.channels.base import Arrived
from db.engine import Database
from tests.fakes.channel import typed


def update_of(number: int, said: str, chat: int = 500_000_001) -> bytes:
    """A raw update of Telegram that says something in a private chat."""
    person = {"id": chat, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
    message = {
        "message_id": number,
        "date": 1_700_000_000 + number,
        "chat": {"id": chat, "type": "private", "first_name": "Lan"},
        "from": person,
        "text": said,
    }
    return json.dumps({"update_id": number, "message": message}, ensure_ascii=False).encode()


def deliveries(
    *, count: int, chats: int, window: int, seed: int
) -> tuple[list[Arrived], list[Arrived]]:
    """Updates in their order, and as they are delivered: 1 to 5 times, shuffled in windows."""
    chance = random.Random(seed)
    ordered = [
        typed(1_000 + number, f"câu {number}", f"chat-{chance.randrange(chats)}")
        for number in range(count)
    ]
    delivered: list[Arrived] = []
    for start in range(0, count, window):
        part = [one for one in ordered[start : start + window] for _ in range(chance.randint(1, 5))]
        chance.shuffle(part)
        delivered += part
    return ordered, delivered


async def said_by(database: Database, count: int) -> dict[str, list[str]]:
    """What each chat said in the order of its turns, once there are `count` turns."""
    query = text(
        "SELECT conversations.chat, turns.said FROM turns "
        "JOIN conversations ON conversations.id = turns.conversation_id ORDER BY turns.id"
    )
    rows: Sequence[object] = ()
    async with asyncio.timeout(120):
        while len(rows) < count:
            await asyncio.sleep(0.1)
            async with database.engine.connect() as connection:
                rows = (await connection.execute(query)).all()
    await asyncio.sleep(0.3)
    async with database.engine.connect() as connection:
        final = (await connection.execute(query)).all()
    heard: dict[str, list[str]] = {}
    for chat, said in final:
        heard.setdefault(chat, []).append(said)
    return heard
