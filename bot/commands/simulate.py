"""`motcua simulate`: try a channel without an account, the platform played on this machine."""

import io
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import segno
import typer
from pydantic import SecretStr

from bot import demonstration
from bot.channels.telegram.setup import describe, set_webhook
from bot.channels.zalo.oauth import ZaloOAuth
from bot.channels.zalo.setup import authorise
from bot.commands.screen import out, run
from bot.errors import Refusal
from bot.platforms import telegram_api, zalo_account
from bot.receipts.link import make
from bot.serving import serve_house
from bot.settings import Settings, read_settings
from bot.simulation.page import Page
from bot.simulation.stage import Stage
from bot.simulation.telegram import FakeTelegram
from bot.simulation.telegram.stage import TelegramStage
from bot.simulation.wire import Tap, Wire
from bot.simulation.zalo import FakeZalo
from bot.simulation.zalo_stage import ZaloStage
from bot.wiring import House, clock, open_house, start_logging

PORT = 8081

_SECRET = "a-secret-of-the-simulation"  # noqa: S105 - opens nothing
_VERIFIER = "a-verifier-of-the-simulation"
_QUESTION = "làm khai sinh cho con cần giấy gì"


class Platform(StrEnum):
    """What can be played."""

    TELEGRAM = "telegram"
    ZALO = "zalo"


@dataclass(frozen=True, kw_only=True)
class Played:
    """A platform that runs here. `inward` leads its calls to the desk, once that listens."""

    stage: Stage
    wire: Wire
    settings: Settings
    inward: Tap
    prepare: Callable[[House], Coroutine[Any, Any, None]]
    """What an office does once with a new account, before the desk opens."""


def simulate(
    platform: Annotated[Platform, typer.Argument(help="Which platform is played.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page on 127.0.0.1; 0: a free one.")
    ] = PORT,
    webhook: Annotated[
        bool, typer.Option("--webhook", help="Telegram calls the desk instead of being polled.")
    ] = False,
    buttons: Annotated[
        bool, typer.Option("--buttons", help="On Zalo, choices are buttons as well.")
    ] = False,
) -> None:
    """Chat with the desk through a played Telegram or Zalo, in the browser: no account needed."""
    run(_simulate(platform, port, webhook=webhook, buttons=buttons))


async def _simulate(platform: Platform, port: int, *, webhook: bool, buttons: bool) -> None:
    given = read_settings()
    start_logging(given.log_level, given.log_format)
    with _own_folder(given.data) as data:
        own = _own_settings(given, data)
        if platform is Platform.TELEGRAM:
            playing = _telegram(own, webhook=webhook)
        else:
            playing = _zalo(own.model_copy(update={"zalo_buttons": buttons}))
        async with playing as played:
            await _serve(played, port)


async def _serve(played: Played, port: int) -> None:
    sample = demonstration.SAMPLE
    page = Page(
        stage=played.stage,
        wire=played.wire,
        phone=_phone(),
        tries=(_QUESTION, sample.code, sample.tail, sample.secret),
    )
    async with page.running(port) as url, open_house(played.settings) as house:
        await demonstration.fill(house.database)
        await played.prepare(house)

        def opened(desk: str) -> None:
            played.inward.target = desk.rstrip("/")
            page.open(_receipt(house))
            out.print(f"\nThe page is open: {url}\n")
            out.print(f"The desk that answers is at {desk}, its data is deleted at the end.")
            out.print("Stop with Ctrl-C.\n")

        await serve_house(house, announce=opened)


@contextmanager
def _own_folder(data: Path) -> Iterator[Path]:
    """A folder of this run alone, deleted at the end: the platform remembers nothing either."""
    parent = data / "simulation"
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(dir=parent, ignore_cleanup_errors=True)
    except OSError as error:
        raise Refusal(
            f"The data folder {data} cannot be used ({error.strerror}). "
            "Make it writable, or name another in MOTCUA_DATA."
        ) from None
    with folder as made:
        yield Path(made)


def _own_settings(given: Settings, data: Path) -> Settings:
    """The office's settings without its database, keys, platforms and addresses."""
    kept = given.model_dump(
        include={"office", "phrases", "rules", "history_days", "log_format", "log_level"}
    )
    return Settings(**kept, data=data, port=0)


@asynccontextmanager
async def _telegram(own: Settings, *, webhook: bool) -> AsyncIterator[Played]:
    async with FakeTelegram(now=clock) as fake:
        wire = Wire(clock, [fake.token, _SECRET])
        inward, outward = Tap(wire, is_inward=True), Tap(wire, is_inward=False, target=fake.url)
        async with inward.running() as calls, outward.running() as api:
            settings = own.model_copy(
                update={
                    "telegram_token": SecretStr(fake.token),
                    "telegram_api_url": api,
                    "telegram_bot": fake.world.me.username,
                    "telegram_mode": "webhook" if webhook else "polling",
                    "telegram_webhook_secret": SecretStr(_SECRET),
                }
            )

            async def prepare(house: House) -> None:
                bot = telegram_api(house.settings)
                try:
                    await describe(bot)
                    if webhook:
                        await set_webhook(bot, f"{calls}/telegram", _SECRET)
                finally:
                    await bot.close_connections()

            stage = TelegramStage(fake, phone=_phone())
            yield Played(stage=stage, wire=wire, settings=settings, inward=inward, prepare=prepare)


@asynccontextmanager
async def _zalo(own: Settings) -> AsyncIterator[Played]:
    fake = FakeZalo(clock)
    async with fake.running() as played:
        wire = Wire(clock, [fake.app_secret, fake.oa_secret, _VERIFIER])
        inward, outward = Tap(wire, is_inward=True), Tap(wire, is_inward=False, target=played)
        async with inward.running() as calls, outward.running() as api:
            fake.url = api  # so pictures are fetched through the tap too
            fake.webhook.url = f"{calls}/zalo"
            settings = own.model_copy(
                update={
                    "zalo_app_id": fake.app_id,
                    "zalo_app_secret": SecretStr(fake.app_secret),
                    "zalo_oa_id": fake.oa_id,
                    "zalo_oa_secret": SecretStr(fake.oa_secret),
                    "zalo_api_url": api,
                    "zalo_oauth_url": api,
                }
            )

            async def prepare(house: House) -> None:
                code = fake.grants.give_code(_VERIFIER)
                async with aiohttp.ClientSession() as session:
                    oauth = ZaloOAuth(session, zalo_account(house.settings))
                    await authorise(
                        house.database, oauth, code=code, verifier=_VERIFIER, now=clock()
                    )

            stage = ZaloStage(fake)
            yield Played(stage=stage, wire=wire, settings=settings, inward=inward, prepare=prepare)


def _phone() -> str:
    """The phone on the sample dossier, so that sharing it proves something."""
    return demonstration.province()[0].owner_phone


def _receipt(house: House) -> bytes:
    """The QR code of the sample dossier's receipt, as a picture."""
    drawn = io.BytesIO()
    reference = make(house.keyring, demonstration.SAMPLE.code) or ""
    segno.make_qr(reference, error="m").save(drawn, kind="png", scale=8)
    return drawn.getvalue()
