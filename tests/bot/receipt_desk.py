"""The web application with receipts over a whole desk: what the tests of pages and photos open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Receipts, create_app
from bot.receipts.link import make
from bot.receipts.photo import PhotoReader
from bot.receipts.scanned import Scanned
from db.secrets import Keyring
from tests.bot.desk import SAMPLE, OpenDesk
from tests.conftest import KEY

Client = TestClient[web.Request, web.Application]
RING = Keyring([KEY])
BOT = "motcua_bot"


def reference(code: str = SAMPLE.code, ring: Keyring = RING) -> str:
    """The reference that a receipt of ours holds."""
    made = make(ring, code)
    assert made is not None
    return made


@asynccontextmanager
async def receipt_app(
    desk: OpenDesk, *, ring: Keyring = RING, telegram_bot: str = ""
) -> AsyncIterator[web.Application]:
    """The application, its photo reader closed at the end."""
    scanned = Scanned(keyring=ring)
    photos = PhotoReader(scanned.code_in)
    receipts = Receipts(scanned=scanned, photos=photos, telegram_bot=telegram_bot)
    yield create_app(desk.desk, clock=lambda: desk.now, receipts=receipts)
    await photos.close()


@asynccontextmanager
async def receipt_client(
    desk: OpenDesk, *, ring: Keyring = RING, telegram_bot: str = ""
) -> AsyncIterator[Client]:
    """A browser without a script at the application."""
    async with (
        receipt_app(desk, ring=ring, telegram_bot=telegram_bot) as app,
        TestClient(TestServer(app)) as client,
    ):
        yield client
