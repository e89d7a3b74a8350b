"""A fake Telegram and an API that leads to it."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram.api import Api, open_api
from bot.simulation.telegram import FakeTelegram


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as started:
        yield started


@pytest.fixture
async def api(fake: FakeTelegram) -> AsyncIterator[Api]:
    opened = open_api(fake.token, url=fake.url, read_seconds=0.4)
    yield opened
    await opened.close_connections()
