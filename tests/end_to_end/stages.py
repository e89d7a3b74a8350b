"""One real process per channel, with its platform played beside it."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import aiohttp

from bot.messages import ChannelName
from bot.simulation.telegram import FakeTelegram
from bot.simulation.zalo import FakeZalo
from db.channel_tokens import TokenPair
from db.engine import Database
from db.inbox import State as Update
from db.outbox import State as Owed
from tests.end_to_end.people import Person, TelegramTalker, WebPerson, ZaloTalker
from tests.end_to_end.process import Served, serving

_PATIENCE = 30.0
"""Seconds for all replies of a round: people on Telegram wait a second between two messages."""


@asynccontextmanager
async def _serving(data: Path, settings: Mapping[str, str]) -> AsyncIterator[Served]:
    async with serving(data, settings) as served:
        assert served.url, "\n".join(served.log)
        yield served


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
class PlatformStage:
    """A platform that is played: updates go in, messages come out in their time."""

    name: str
    channel: ChannelName
    people: Callable[[int], Person]

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
        return self.people(number)


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
