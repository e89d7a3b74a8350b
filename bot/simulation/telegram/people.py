"""People and groups of the fake Telegram: what they do becomes updates for the bot."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from telegram import (
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberBanned,
    ChatMemberLeft,
    ChatMemberMember,
    ChatMemberUpdated,
    Contact,
    Document,
    Message,
    MessageEntity,
    MessageOriginUser,
    PhotoSize,
    Sticker,
    User,
)

from bot.simulation.telegram.entities import units
from bot.simulation.telegram.world import Kept, Room, World

ANONYMOUS_ADMIN = User(1087968824, "Group", is_bot=True, username="GroupAnonymousBot")

_presses = count(1)
_MARKED = re.compile(r"(?P<bot_command>(?<!\S)/[A-Za-z0-9_]+(?:@\w+)?)|(?P<mention>(?<!\w)@\w{4,})")


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a private chat to the bot. What is said before `/start` opens it too."""

    world: World
    user: User
    room: Room
    phone: str = ""

    def say(self, text: str, **more: Any) -> int:
        """Type something; the update's id."""
        return self._send(text=text, entities=_entities(text), **more)

    def start(self, reference: str = "") -> int:
        """Press Start, perhaps after a deep link."""
        return self.say(f"/start {reference}".strip())

    def press(self, label: str) -> int:
        """Press the last button whose label contains this, anywhere in the chat."""
        for kept in reversed(self.room.messages.values()):
            for button in kept.buttons:
                if label in button["text"]:
                    return self.press_data(kept.message, button.get("callback_data", ""))
        raise LookupError(f"No button says {label!r}.")

    def press_data(self, message: Message, data: str) -> int:
        """Press something with this data under a message, whether or not it is there."""
        return press(self.world, self.user, message, data)

    def share_contact(self) -> int:
        """Press the button that shares the own phone; the keyboard folds away."""
        if self.room.keyboard is None:
            raise LookupError("No keyboard that shares a phone is shown.")
        shown = self.room.messages[self.room.keyboard]
        if (shown.markup or {}).get("one_time_keyboard"):
            self.room.keyboard = None
        return self.share(self.user.id, self.phone, reply_to_message=shown.message)

    def share(self, user_id: int | None, phone: str, **more: Any) -> int:
        """Share any contact card."""
        contact = Contact(phone, self.user.first_name, user_id=user_id)
        return self._send(contact=contact, **more)

    def send_photo(self, data: bytes, caption: str = "") -> int:
        """Send a photo: Telegram makes smaller sizes of it."""
        reference = f"photo-{self.user.id}-{self.room.last_id + 1}"
        self.world.files[reference] = data
        self.world.files[f"{reference}-s"] = data[:10]
        sizes = [
            PhotoSize(f"{reference}-s", f"{reference}-s", 90, 60, file_size=min(10, len(data))),
            PhotoSize(reference, reference, 1280, 853, file_size=len(data)),
        ]
        return self._send(photo=sizes, caption=caption or None)

    def send_document(self, data: bytes, mime: str, name: str = "tep") -> int:
        """Send a file."""
        reference = f"file-{self.user.id}-{self.room.last_id + 1}"
        self.world.files[reference] = data
        document = Document(
            reference, reference, file_name=name, mime_type=mime, file_size=len(data)
        )
        return self._send(document=document)

    def send_sticker(self) -> int:
        """Send a sticker: nothing to read."""
        sticker = Sticker("sticker", "sticker", 512, 512, False, False, Sticker.REGULAR)
        return self._send(sticker=sticker)

    def forward(self, text: str, author: User) -> int:
        """Pass on what somebody else wrote."""
        origin = MessageOriginUser(self.world.now(), author)
        return self.say(text, forward_origin=origin)

    def edit(self, text: str) -> int:
        """Change the last own message."""
        mine = [k.message for k in self.room.messages.values() if k.message.from_user == self.user]
        last = mine[-1]
        message = Message(
            last.message_id, last.date, last.chat, from_user=self.user, text=text,
            edit_date=self.world.now(),
        )  # fmt: skip
        return self.world.push("edited_message", message)

    def block(self) -> int:
        """Block the bot."""
        self.room.wall = "bot was blocked by the user"
        return _membership(
            self.world, self.room.chat, self.user, _in(self.world), _banned(self.world)
        )

    def unblock(self) -> int:
        """Let the bot speak again."""
        self.room.wall = ""
        return _membership(
            self.world, self.room.chat, self.user, _banned(self.world), _in(self.world)
        )

    def deactivate(self) -> None:
        """Delete the account; nobody tells the bot."""
        self.room.wall = "user is deactivated"

    @property
    def received(self) -> list[Kept]:
        """The bot's messages in this chat as they stand now, oldest first."""
        return [k for k in self.room.messages.values() if k.message.from_user == self.world.me]

    @property
    def last(self) -> Kept:
        """The bot's last message."""
        return self.received[-1]

    def shows_phone_keyboard(self) -> bool:
        """Whether a keyboard that shares the phone lies open."""
        return self.room.keyboard is not None

    def _send(self, **content: Any) -> int:
        self.room.is_open = True
        return send(self.world, self.room, self.user, **content)


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group or supergroup with the bot in it."""

    world: World
    room: Room

    def say(self, who: Person, text: str, *, topic: int | None = None, **more: Any) -> int:
        """A member says something, perhaps in a topic."""
        if topic is not None:
            more |= {"message_thread_id": topic, "is_topic_message": True}
        return send(self.world, self.room, who.user, text=text, entities=_entities(text), **more)

    def say_anonymously(self, text: str) -> int:
        """An administrator speaks as the group."""
        return send(
            self.world, self.room, ANONYMOUS_ADMIN, text=text, entities=_entities(text),
            sender_chat=self.room.chat,
        )  # fmt: skip

    def migrate(self, to: int) -> "Group":
        """Become a supergroup: the old chat id is of no use any more."""
        chat = Chat(to, Chat.SUPERGROUP, title=self.room.chat.title)
        send(self.world, self.room, self.world.me, migrate_to_chat_id=to)
        self.room.moved_to = to
        grown = Group(world=self.world, room=self.world.open_room(chat))
        send(self.world, grown.room, ANONYMOUS_ADMIN, migrate_from_chat_id=self.room.chat.id)
        return grown

    def throw_out(self, by: Person) -> int:
        """Remove the bot."""
        kind = "supergroup" if self.room.chat.type == Chat.SUPERGROUP else "group"
        self.room.wall = f"bot was kicked from the {kind} chat"
        return _membership(
            self.world, self.room.chat, by.user, _in(self.world), _banned(self.world)
        )

    def leave(self, by: Person) -> int:
        """Remove the bot without banning it."""
        self.room.wall = "bot is not a member of the supergroup chat"
        left = ChatMemberLeft(self.world.me)
        return _membership(self.world, self.room.chat, by.user, _in(self.world), left)

    @property
    def received(self) -> Sequence[Kept]:
        """The bot's messages here, oldest first."""
        return [k for k in self.room.messages.values() if k.message.from_user == self.world.me]


def send(world: World, room: Room, sender: User, **content: Any) -> int:
    """Put anything into a room and tell the bot."""
    message = Message(room.next_id(), world.now(), room.chat, from_user=sender, **content)
    room.messages[message.message_id] = Kept(message=message)
    return world.push("message", message)


def press(world: World, user: User, message: Message, data: str) -> int:
    """Press a button under a message."""
    query = CallbackQuery(
        f"press{next(_presses)}", user, chat_instance="1", message=message, data=data
    )
    world.presses[query.id] = world.now()
    return world.push("callback_query", query)


def _membership(world: World, chat: Chat, by: User, before: ChatMember, after: ChatMember) -> int:
    change = ChatMemberUpdated(chat, by, world.now(), before, after)
    return world.push("my_chat_member", change)


def _in(world: World) -> ChatMember:
    return ChatMemberMember(world.me)


def _banned(world: World) -> ChatMember:
    return ChatMemberBanned(world.me, world.now())


def _entities(text: str) -> list[MessageEntity]:
    """The commands and mentions that Telegram marks in what people type."""
    return [
        MessageEntity(found.lastgroup or "", units(text[: found.start()]), units(found[0]))
        for found in _MARKED.finditer(text)
    ]
