"""People who speak to the desk on a channel: what they do, and what they see of the reply."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import aiohttp
from yarl import URL

from bot.channels.webchat.routes import FRAGMENT
from bot.channels.webchat.session import COOKIE, address_of
from bot.simulation.telegram.people import Person as TelegramPerson
from bot.simulation.telegram.world import Kept
from bot.simulation.zalo_people import Message as ZaloMessage
from bot.simulation.zalo_people import Person as ZaloPerson
from tests.end_to_end.seeing import Button, Message, Seen, read_reply


class Person(Protocol):
    """Somebody on a channel. `chat` is how the desk knows them."""

    @property
    def chat(self) -> str: ...

    async def say(self, text: str) -> None:
        """Type it; nothing to type is a sticker where an empty message cannot be sent."""
        ...

    async def press(self, button: Button) -> None: ...

    def look(self) -> Seen:
        """What came since the last look."""
        ...


@dataclass
class WebPerson:
    """A browser: its cookie is who they are."""

    session: aiohttp.ClientSession
    url: str
    got: list[str] = field(default_factory=list)

    @property
    def chat(self) -> str:
        return address_of(self.session.cookie_jar.filter_cookies(URL(self.url))[COOKIE].value).chat

    async def say(self, text: str) -> None:
        await self._post({"text": text})

    async def press(self, button: Button) -> None:
        await self._post({"action": button.presses})

    def look(self) -> Seen:
        seen = read_reply("".join(self.got))
        self.got.clear()
        return seen

    async def _post(self, form: Mapping[str, str]) -> None:
        async with self.session.post(
            f"{self.url}/chat", data=form, headers={"Accept": FRAGMENT}
        ) as response:
            response.raise_for_status()
            self.got.append(await response.text())


@dataclass
class TelegramTalker:
    """A person of the fake Telegram. `known` are the messages that were looked at."""

    person: TelegramPerson
    known: list[Kept] = field(default_factory=list)

    @property
    def chat(self) -> str:
        return str(self.person.user.id)

    async def say(self, text: str) -> None:
        if text:
            self.person.say(text)
        else:
            self.person.send_sticker()

    async def press(self, button: Button) -> None:
        under = next(
            kept
            for kept in reversed(self.person.received)
            if any(one.get("callback_data") == button.presses for one in kept.buttons)
        )
        self.person.press_data(under.message, button.presses)

    def look(self) -> Seen:
        received = self.person.received
        fresh = [kept for kept in received if all(kept is not one for one in self.known)]
        self.known = received
        return Seen(messages=tuple(_of_telegram(kept) for kept in fresh))


def _of_telegram(kept: Kept) -> Message:
    """Its text with addresses behind links, its buttons, and the keyboard that it opens."""
    message, markup = kept.message, kept.markup or {}
    encoded = (message.text or "").encode("utf-16-le")
    for one in sorted(message.entities, key=lambda entity: -entity.offset):
        if one.url:
            end = 2 * (one.offset + one.length)
            encoded = encoded[:end] + f" ({one.url})".encode("utf-16-le") + encoded[end:]
    rows = [*markup.get("inline_keyboard", ()), *markup.get("keyboard", ())]
    return Message(
        text=encoded.decode("utf-16-le"),
        rows=tuple(
            tuple(Button(label=one["text"], presses=one.get("callback_data", "")) for one in row)
            for row in rows
        ),
        is_changed=message.edit_date is not None,
    )


@dataclass
class ZaloTalker:
    """A person of the played Zalo. `known` is how many messages were looked at."""

    person: ZaloPerson
    known: int = 0

    @property
    def chat(self) -> str:
        return self.person.id

    async def say(self, text: str) -> None:
        await (self.person.say(text) if text else self.person.sticker())

    async def press(self, button: Button) -> None:
        await self.person.say(button.presses)

    def look(self) -> Seen:
        fresh, self.known = self.person.inbox[self.known :], len(self.person.inbox)
        return Seen(messages=tuple(_of_zalo(message) for message in fresh))


def _of_zalo(message: ZaloMessage) -> Message:
    """Its text and buttons; the form that shares a phone is a card that is pressed."""
    if message.asks_for_info:
        (card,) = message.content["attachment"]["payload"]["elements"]
        return Message(text=card["subtitle"], rows=((Button(label=card["title"]),),))
    buttons = (
        Button(
            label=one["title"],
            presses=one["payload"] if str(one["type"]).startswith("oa.query.") else "",
        )
        for one in message.buttons
    )
    return Message(text=message.text, rows=tuple((one,) for one in buttons))
