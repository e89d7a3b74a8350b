"""One real process per channel, and people who speak to it there."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from yarl import URL

from bot.channels.webchat.routes import FRAGMENT
from bot.channels.webchat.session import COOKIE, address_of
from bot.messages import ChannelName
from bot.simulation.telegram import FakeTelegram
from bot.simulation.telegram.people import Person as TelegramPerson
from bot.simulation.telegram.world import Kept
from bot.simulation.zalo import FakeZalo
from bot.simulation.zalo_people import Message as ZaloMessage
from bot.simulation.zalo_people import Person as ZaloPerson
from db.channel_tokens import TokenPair
from db.engine import Database
from db.inbox import State as Update
from db.outbox import State as Owed
from tests.end_to_end.process import Served, serving
from tests.end_to_end.seeing import Button, Message, Seen, read_reply

_PATIENCE = 30.0
"""Seconds for all replies of a round: people on Telegram wait a second between two messages."""


@asynccontextmanager
async def _serving(data: Path, settings: Mapping[str, str]) -> AsyncIterator[Served]:
    async with serving(data, settings) as served:
        assert served.url, "\n".join(served.log)
        yield served


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


class Stage(Protocol):
    """A channel with a process behind it."""

    name: str
    channel: ChannelName

    async def settle(self, database: Database, updates: int) -> None:
        """Wait until so many updates were answered and every answer has arrived."""
        ...

    def person(self, number: int) -> Person: ...


class Open(Protocol):
    """Starts a channel's process over a data folder."""

    def __call__(
        self, data: Path, database: Database, settings: Mapping[str, str]
    ) -> AbstractAsyncContextManager[Stage]: ...


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
class WebStage:
    """The web chat: a post is answered with the reply."""

    url: str
    sessions: list[aiohttp.ClientSession] = field(default_factory=list)
    name: str = "webchat"
    channel: ChannelName = ChannelName.WEBCHAT

    async def settle(self, database: Database, updates: int) -> None:
        return

    def person(self, number: int) -> Person:
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.sessions.append(session)
        return WebPerson(session, self.url)


@asynccontextmanager
async def open_web(
    data: Path, database: Database, settings: Mapping[str, str]
) -> AsyncIterator[WebStage]:
    """The web chat over HTTP."""
    async with _serving(data, settings) as served:
        stage = WebStage(served.url)
        try:
            yield stage
        finally:
            for session in stage.sessions:
                await session.close()


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
class PlatformStage:
    """A platform that is played: updates go in, messages come out in their time."""

    name: str
    channel: ChannelName
    people: Any

    async def settle(self, database: Database, updates: int) -> None:
        async with asyncio.timeout(_PATIENCE):
            while not await self._is_settled(database, updates):
                await asyncio.sleep(0.05)

    async def _is_settled(self, database: Database, updates: int) -> bool:
        async with database.reading() as unit:
            inbox = await unit.inbox.counts()
            outbox = await unit.outbox.counts(self.channel.value)
        is_answered = inbox.get(Update.DONE, 0) >= updates
        return is_answered and not outbox.get(Owed.OWED) and not outbox.get(Owed.CLAIMED)

    def person(self, number: int) -> Person:
        person: Person = self.people(number)
        return person


@asynccontextmanager
async def open_telegram(
    data: Path, database: Database, settings: Mapping[str, str]
) -> AsyncIterator[PlatformStage]:
    """Telegram, polled."""
    async with FakeTelegram() as fake:
        own = {
            "TELEGRAM_TOKEN": fake.token,
            "TELEGRAM_API_URL": fake.url,
            "TELEGRAM_MODE": "polling",
        }
        async with _serving(data, {**settings, **own}):
            yield PlatformStage(
                "telegram", ChannelName.TELEGRAM, lambda number: TelegramTalker(fake.person("Lan"))
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


def zalo(*, buttons: bool) -> Open:
    """Zalo with choices as numbered lines alone, or as buttons too."""

    @asynccontextmanager
    async def opened(
        data: Path, database: Database, settings: Mapping[str, str]
    ) -> AsyncIterator[PlatformStage]:
        fake = FakeZalo(lambda: dt.datetime.now(dt.UTC))
        fake.webhook.answer_seconds = _PATIENCE  # the machine is shared; a retry comes too late
        async with fake.running():
            await _keep_tokens(fake, database)
            async with _serving(
                data, {**settings, **dict(_zalo_settings(fake, buttons))}
            ) as served:
                fake.webhook.url = f"{served.url}/zalo"
                yield PlatformStage(
                    "zalo_buttons" if buttons else "zalo",
                    ChannelName.ZALO,
                    lambda number: ZaloTalker(fake.person(f"24684588352919{number:04d}")),
                )

    return opened


def _zalo_settings(fake: FakeZalo, buttons: bool) -> Iterator[tuple[str, str]]:  # noqa: FBT001
    yield "ZALO_APP_ID", fake.app_id
    yield "ZALO_APP_SECRET", fake.app_secret
    yield "ZALO_OA_ID", fake.oa_id
    yield "ZALO_OA_SECRET", fake.oa_secret
    yield "ZALO_API_URL", fake.url
    yield "ZALO_OAUTH_URL", fake.url
    yield "ZALO_BUTTONS", str(buttons)


async def _keep_tokens(fake: FakeZalo, database: Database) -> None:
    access, refresh = fake.grants.give_pair()
    now = fake.clock()
    pair = TokenPair(
        access=access,
        access_until=now + dt.timedelta(hours=24),
        refresh=refresh,
        refresh_until=now + dt.timedelta(days=90),
        got_at=now,
    )
    async with database.unit() as unit:
        await unit.channel_tokens.put(ChannelName.ZALO.value, pair)
        await unit.commit()
