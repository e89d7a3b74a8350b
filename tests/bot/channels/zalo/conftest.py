"""The channel over a played Zalo, a real database, and a clock that stands until it is moved."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from pydantic import SecretStr

from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.setup import put_in
from bot.simulation.zalo import FakeZalo
from db.channel_tokens import KeptTokens
from db.engine import Database

NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)


@dataclass
class Clock:
    """Time that stands until it is moved."""

    now: dt.datetime = field(default=NOW)

    def __call__(self) -> dt.datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


@dataclass
class Played:
    """All parts of one office on the played Zalo."""

    fake: FakeZalo
    clock: Clock
    account: ZaloAccount
    database: Database
    session: aiohttp.ClientSession
    channel: ZaloChannel

    def another(self) -> ZaloChannel:
        """Another process's channel over the same database."""
        return ZaloChannel(self.account, self.database, self.session, self.clock)

    async def kept(self) -> KeptTokens:
        async with self.database.unit() as unit:
            kept = await unit.channel_tokens.load("zalo")
        assert kept is not None
        return kept


def account_of(fake: FakeZalo) -> ZaloAccount:
    """The settings that fit a played Zalo."""
    return ZaloAccount(
        app_id=fake.app_id,
        app_secret=SecretStr(fake.app_secret),
        oa_id=fake.oa_id,
        oa_secret=SecretStr(fake.oa_secret),
        api_url=fake.url,
        oauth_url=fake.url,
        image_hosts=(fake.url,),
    )


@pytest.fixture
async def bare(sqlite_database: Database) -> AsyncIterator[Played]:
    """Without any tokens yet."""
    clock = Clock()
    fake = FakeZalo(clock)
    async with fake.running(), aiohttp.ClientSession() as session:
        account = account_of(fake)
        channel = ZaloChannel(account, sqlite_database, session, clock)
        yield Played(fake, clock, account, sqlite_database, session, channel)
        await channel.close()


@pytest.fixture
async def played(bare: Played) -> Played:
    """With a first pair, and Lan following."""
    access, refresh = bare.fake.grants.give_pair()
    await put_in(bare.database, access=access, refresh=refresh, now=bare.clock())
    await bare.fake.person().follow()
    return bare
