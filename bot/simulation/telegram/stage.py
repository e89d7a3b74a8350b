"""The fake Telegram as the page shows it: one person's chat with the bot, and a group."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from telegram import Message

from bot.simulation.stage import Bubble, Button, Chat, Deed, File, Impossible, Mark, Who
from bot.simulation.telegram.people import press
from bot.simulation.telegram.server import FakeTelegram
from bot.simulation.telegram.world import Kept, Room

PERSON, GROUP = "person", "group"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Note:
    """A grey line after the message with this number."""

    after: int
    at: dt.datetime
    text: str


class TelegramStage:
    """Lan and her neighbours' group. `phone` is what her card holds at first."""

    name = "telegram"

    def __init__(self, fake: FakeTelegram, *, phone: str) -> None:
        self._fake = fake
        self._lan = fake.person("Lan", phone=phone)
        self._group = fake.group()
        self._notes: list[_Note] = []

    @property
    def account(self) -> str:
        return f"@{self._fake.world.me.username}"

    def chats(self) -> Sequence[Chat]:
        group = self._group.room
        private = Chat(
            id=PERSON,
            title=self._fake.world.me.first_name,
            bubbles=self._bubbles(self._lan.room, self._notes),
            keyboard=_keyboard(self._lan.room),
        )
        others = Chat(
            id=GROUP, title=group.chat.title or "", bubbles=self._bubbles(group), hint=self.account
        )
        return (private, others)

    def deeds(self) -> Sequence[Deed]:
        wall = Deed.UNBLOCK if self._lan.room.wall else Deed.BLOCK
        return (Deed.START, Deed.SHARE, Deed.PHOTO, Deed.RECEIPT, wall)

    def menu(self) -> Mapping[str, str]:
        commands = self._fake.world.settings.get(("commands", ""), [])
        return {f"/{one['command']}": one["description"] for one in commands}

    async def say(self, chat: str, text: str) -> None:
        if chat == PERSON:
            self._refuse_blocked()
            self._lan.say(text)
        elif self._is_heard(text):
            self._group.say(self._lan, text)
        else:
            self._talk_unheard(text)

    async def press(self, chat: str, bubble: str, press_: str) -> None:
        room = self._lan.room if chat == PERSON else self._group.room
        kept = room.messages.get(int(bubble)) if bubble.isascii() and bubble.isdigit() else None
        if kept is None or all(one.get("callback_data") != press_ for one in kept.buttons):
            raise Impossible
        press(self._fake.world, self._lan.user, kept.message, press_)

    async def do(self, deed: Deed, phone: str) -> None:
        match deed:
            case Deed.UNBLOCK:
                self._lan.unblock()
                self._note("unblocked")
            case Deed.BLOCK:
                self._lan.block()
                self._note("blocked")
            case Deed.START:
                self._refuse_blocked()
                self._lan.start()
            case Deed.SHARE:
                self._refuse_blocked()
                lan = replace(self._lan, phone=phone)
                if lan.shows_phone_keyboard():
                    lan.share_contact()
                else:
                    lan.share(lan.user.id, phone)
            case _:
                raise Impossible

    async def send_photo(self, content: bytes) -> None:
        self._refuse_blocked()
        self._lan.send_photo(content)

    def file(self, name: str) -> bytes | None:
        return self._fake.world.files.get(name)

    def _refuse_blocked(self) -> None:
        """Telegram lets nobody write to a bot that they have blocked."""
        if self._lan.room.wall:
            raise Impossible

    def _is_heard(self, text: str) -> bool:
        """In a group, Telegram hands a bot only commands and what mentions it."""
        named = re.search(rf"(?<!\w){re.escape(self.account)}(?!\w)", text, re.IGNORECASE)
        return text.startswith("/") or named is not None

    def _talk_unheard(self, text: str) -> None:
        room = self._group.room
        number = room.next_id()
        message = Message(
            number, self._fake.world.now(), room.chat, from_user=self._lan.user, text=text
        )
        room.messages[number] = Kept(message=message)

    def _note(self, text: str) -> None:
        now = self._fake.world.now()
        self._notes.append(_Note(after=self._lan.room.last_id, at=now, text=text))

    def _bubbles(self, room: Room, notes: Sequence[_Note] = ()) -> list[Bubble]:
        placed = [(number, _bubble(kept, kept.message.from_user == self._fake.world.me))
                  for number, kept in room.messages.items()]  # fmt: skip
        placed += [
            (note.after, Bubble(id=f"note{place}", who=Who.NOTE, at=note.at, text=note.text))
            for place, note in enumerate(notes)
        ]
        return [bubble for _, bubble in sorted(placed, key=lambda pair: pair[0])]


def _bubble(kept: Kept, is_bot: bool) -> Bubble:  # noqa: FBT001 - of one caller
    message = kept.message
    text = message.text or message.caption or ""
    if message.contact:
        text = f"📱 {message.contact.first_name} {message.contact.phone_number}"
    return Bubble(
        id=str(message.message_id),
        who=Who.BOT if is_bot else Who.PERSON,
        at=message.date,
        text=text,
        marks=list(_marks(message)) if is_bot else (),
        rows=_rows(kept),
        file=_file(message),
        is_edited=message.edit_date is not None,
    )


def _marks(message: Message) -> Iterator[Mark]:
    for one in (*message.entities, *message.caption_entities):
        yield Mark(kind=one.type, start=one.offset, length=one.length, url=one.url or "")


def _rows(kept: Kept) -> list[list[Button]]:
    rows = (kept.markup or {}).get("inline_keyboard", [])
    return [
        [
            Button(label=one["text"], press=one.get("callback_data", ""), url=one.get("url", ""))
            for one in row
        ]
        for row in rows
    ]


def _file(message: Message) -> File | None:
    if message.photo:
        largest = message.photo[-1]
        return File(
            id=largest.file_id, name="photo.jpg", size=largest.file_size or 0, is_picture=True
        )
    document = message.document
    if document is None:
        return None
    return File(
        id=document.file_id, name=document.file_name or "file", size=document.file_size or 0
    )


def _keyboard(room: Room) -> list[list[str]]:
    shown = room.messages.get(room.keyboard) if room.keyboard is not None else None
    rows = (shown.markup or {}).get("keyboard", []) if shown else []
    return [[one["text"] for one in row] for row in rows]
