"""What the fake Telegram remembers: rooms, messages, files, presses, updates to deliver."""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from telegram import Chat, InlineKeyboardMarkup, Message, TelegramObject, Update, User

from bot.simulation.telegram.answers import bad_request, forbidden

_ONLY_WHEN_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A message in a room. `source` is its text as it was sent, markup and all."""

    message: Message
    source: str = ""
    markup: dict[str, Any] | None = None

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Its inline buttons, in reading order."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


@dataclass(kw_only=True)
class Room:
    """One chat. `wall`: why the bot may not speak there; `keyboard`: which message shows one."""

    chat: Chat
    wall: str = ""
    moved_to: int | None = None
    is_open: bool = True
    messages: dict[int, Kept] = field(default_factory=dict)
    keyboard: int | None = None
    last_id: int = 0

    @property
    def is_private(self) -> bool:
        return self.chat.type == Chat.PRIVATE

    def next_id(self) -> int:
        """The id of the next message."""
        self.last_id += 1
        return self.last_id


class World:
    """All of it, and the queue of updates that the bot has not had yet."""

    def __init__(self, me: User, now: Callable[[], dt.datetime], first_update: int) -> None:
        self.me = me
        self.now = now
        self.next_update = first_update
        self.allowed: frozenset[str] | None = None
        self.rooms: dict[int, Room] = {}
        self.files: dict[str, bytes] = {}
        self.presses: dict[str, dt.datetime] = {}
        self.settings: dict[tuple[str, str], Any] = {}
        """What was set, by its name and language."""
        self.updates: list[dict[str, Any]] = []
        self._stirred = asyncio.Event()

    def open_room(self, chat: Chat) -> Room:
        """Add a chat."""
        room = Room(chat=chat)
        self.rooms[chat.id] = room
        return room

    def room_for_us(self, chat: int) -> Room:
        """The room that the bot wants to speak in, or what the Bot API says instead."""
        room = self.rooms.get(chat)
        if room is None:
            raise bad_request("chat not found")
        if room.moved_to is not None:
            reason = "group chat was upgraded to a supergroup chat"
            raise bad_request(reason, {"migrate_to_chat_id": room.moved_to})
        if room.wall:
            raise forbidden(room.wall)
        if not room.is_open:
            raise forbidden("bot can't initiate conversation with a user")
        return room

    def post(
        self, room: Room, *, source: str = "", markup: dict[str, Any] | None = None, **content: Any
    ) -> Kept:
        """Put a message of the bot into a room; a keyboard shows until it is used or replaced."""
        number = room.next_id()
        kept = Kept(message=self._message(room, number, markup, content), source=source,
                    markup=markup)  # fmt: skip
        room.messages[number] = kept
        if markup and "keyboard" in markup:
            room.keyboard = number
        elif markup and markup.get("remove_keyboard"):
            room.keyboard = None
        return kept

    def replace(
        self, room: Room, number: int, *, source: str, markup: dict[str, Any] | None, **content: Any
    ) -> Kept:
        """Put another text or keyboard into a message of the bot."""
        content["edit_date"] = self.now()
        message = self._message(room, number, markup, content)
        room.messages[number] = Kept(message=message, source=source, markup=markup)
        return room.messages[number]

    def push(self, kind: str, content: TelegramObject) -> int:
        """Queue an update; the kinds that the bot did not ask for are dropped (then 0)."""
        wanted = kind not in _ONLY_WHEN_ASKED if self.allowed is None else kind in self.allowed
        if not wanted:
            return 0
        number, self.next_update = self.next_update, self.next_update + 1
        self.updates.append(Update(number, **{kind: content}).to_dict())  # type: ignore[arg-type]
        self.stir()
        return number

    def confirm(self, offset: int) -> None:
        """Forget what an offset confirms: everything below it, or all but the last few."""
        if offset > 0:
            self.updates = [one for one in self.updates if one["update_id"] >= offset]
        elif offset < 0:
            self.updates = self.updates[offset:]

    def stir(self) -> None:
        """Wake everybody who waits for a change."""
        self._stirred.set()
        self._stirred = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Wait for a change, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stirred.wait()

    def _message(
        self, room: Room, number: int, markup: dict[str, Any] | None, content: dict[str, Any]
    ) -> Message:
        inline = None
        if markup and "inline_keyboard" in markup:
            inline = InlineKeyboardMarkup.de_json(markup, None)
        return Message(number, self.now(), room.chat, from_user=self.me, reply_markup=inline,
                       **content)  # fmt: skip


def allowed_of(kinds: Sequence[str] | None) -> frozenset[str] | None:
    """What `allowed_updates` means: an empty list is everything that is sent unasked."""
    return frozenset(kinds) if kinds else None
