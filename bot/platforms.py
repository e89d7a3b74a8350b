"""The platforms that are configured, opened and running: doors, workers, senders, polling."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import structlog

from bot.channels.base import Channel
from bot.channels.telegram.api import Api, open_api
from bot.channels.telegram.channel import telegram_channel
from bot.channels.telegram.intake import SECRET_HEADER, comes_from_telegram
from bot.channels.telegram.intake import arrived as telegram_arrived
from bot.channels.telegram.polling import CannotPoll, poll
from bot.channels.zalo.account import IMAGE_HOSTS, ZaloAccount
from bot.channels.zalo.channel import ZaloChannel
from bot.door import Door
from bot.errors import Refusal
from bot.hooks import Hook
from bot.messages import ChannelName, Incoming, PhotoTrouble
from bot.postman import Postman
from bot.queue import Queue
from bot.receipts.photo import Unseen, heard
from bot.reception import Reception
from bot.settings import Settings
from bot.wiring import House, clock
from db.engine import DatabaseTrouble

TOKENS_SECONDS = 10.0
"""How often Zalo's tokens are looked after."""

WORKERS = {"sqlite": 2, "postgresql": 8}
"""Updates worked on beside each other: SQLite has one writer."""

_PICTURE_SAID = "[ảnh]"
_log = structlog.get_logger()


@dataclass(kw_only=True)
class Platforms:
    """What runs for the configured platforms. `run` needs to be running for anything to happen."""

    door: Door
    queue: Queue
    postmen: Mapping[ChannelName, Postman]
    hooks: tuple[Hook, ...]
    telegram: Api | None = None
    polls: bool = False
    zalo: ZaloChannel | None = None

    async def run(self) -> None:
        """Keep, work, send, poll and look after tokens, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.door.run())
            tasks.create_task(self.queue.run())
            for postman in self.postmen.values():
                tasks.create_task(postman.run())
            if self.telegram and self.polls:
                tasks.create_task(keep_polling(self.telegram, self.door))
            if self.zalo:
                tasks.create_task(_look_after(self.zalo))


def has_platforms(settings: Settings) -> bool:
    """Whether any platform is configured."""
    return bool(settings.telegram_token.get_secret_value() or settings.zalo_app_id)


@asynccontextmanager
async def open_platforms(house: House) -> AsyncIterator[Platforms | None]:
    """Open what the settings name; None where they name nothing. Raises Refusal."""
    settings = house.settings
    if not has_platforms(settings):
        yield None
        return
    async with AsyncExitStack() as stack:
        channels: dict[ChannelName, Channel] = {}
        hooks: list[Hook] = []
        telegram = zalo = None
        if settings.telegram_token.get_secret_value():
            telegram = telegram_api(settings)
            stack.push_async_callback(telegram.close_connections)
            channels[ChannelName.TELEGRAM] = telegram_channel(
                telegram, bot=settings.telegram_bot, a_second=settings.telegram_rate
            )
            if settings.telegram_mode == "webhook":
                hooks.append(telegram_hook(settings))
        if settings.zalo_app_id:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            zalo = ZaloChannel(zalo_account(settings), house.database, session, clock)
            stack.push_async_callback(zalo.close)
            channels[ChannelName.ZALO] = zalo
            hooks.append(zalo_hook(zalo))
        yield _running(house, channels, tuple(hooks), telegram, zalo)


def telegram_api(settings: Settings) -> Api:
    """The way to Telegram that the settings name."""
    return open_api(settings.telegram_token.get_secret_value(), url=settings.telegram_api_url)


def zalo_account(settings: Settings) -> ZaloAccount:
    """The Official Account that the settings name."""
    return ZaloAccount(
        app_id=settings.zalo_app_id,
        app_secret=settings.zalo_app_secret,
        oa_id=settings.zalo_oa_id,
        oa_secret=settings.zalo_oa_secret,
        api_url=settings.zalo_api_url,
        oauth_url=settings.zalo_oauth_url,
        buttons=settings.zalo_buttons,
        trusts_phone=settings.zalo_trusts_phone,
        # Where the API answers gets our tokens anyway, and a simulator keeps its pictures there.
        image_hosts=(*IMAGE_HOSTS, settings.zalo_api_url),
    )


def telegram_hook(settings: Settings) -> Hook:
    """Where Telegram calls us, its secret compared in constant time. Raises Refusal."""
    secret = settings.telegram_webhook_secret.get_secret_value()
    if not secret:
        raise Refusal(
            "TELEGRAM_MODE is webhook and TELEGRAM_WEBHOOK_SECRET is empty, so anybody could call. "
            "Set a long random secret, or set TELEGRAM_MODE to polling."
        )

    return Hook(
        channel=ChannelName.TELEGRAM,
        path="/telegram",
        is_genuine=lambda headers, _: comes_from_telegram([secret], headers.get(SECRET_HEADER)),
        arrived=telegram_arrived,
    )


def zalo_hook(zalo: ZaloChannel) -> Hook:
    """Where Zalo calls us, its signature checked over the raw bytes."""
    return Hook(
        channel=ChannelName.ZALO,
        path="/zalo",
        is_genuine=lambda headers, body: zalo.is_genuine(body, headers.get(zalo.signature_header)),
        arrived=zalo.arrived,
    )


async def keep_polling(api: Api, door: Door) -> None:
    """Fetch updates for ever; Telegram is told that we have them only once they are committed."""
    offset = 0
    while True:
        try:
            updates, following = await poll(api, offset)
            await door.take_in(ChannelName.TELEGRAM, updates)
            offset = following
        except CannotPoll as trouble:
            say = _log.error if trouble.alarm else _log.warning
            say(str(trouble), action="alarm" if trouble.alarm else "not_polled")
            await asyncio.sleep(trouble.wait.total_seconds())
        except DatabaseTrouble:
            _log.warning("Updates were not kept; they are fetched again.", action="not_kept")
            await asyncio.sleep(1)


def _running(
    house: House,
    channels: Mapping[ChannelName, Channel],
    hooks: tuple[Hook, ...],
    telegram: Api | None,
    zalo: ZaloChannel | None,
) -> Platforms:
    postmen = {
        name: Postman(database=house.database, channel=channel, clock=clock)
        for name, channel in channels.items()
    }

    async def read_picture(incoming: Incoming, data: bytes | None) -> Incoming:
        seen = (
            Unseen(trouble=PhotoTrouble.GAVE_UP) if data is None else await house.photos.read(data)
        )
        return heard(seen, incoming.address, incoming.at, label=_PICTURE_SAID)

    reception = Reception(
        database=house.database,
        desk=house.desk,
        channels=channels,
        clock=clock,
        posted=lambda name: postmen[name].posted(),
        code_of=house.scanned.code_of,
        read_picture=read_picture,
    )
    # Each asks the other: the queue whether the door is pressed, the door nudges the queue.
    workers = WORKERS[house.database.engine.dialect.name]
    queue = Queue(reception, workers=workers, is_pressed=lambda: door.is_pressed())  # noqa: PLW0108 - the door comes after
    door = Door(house.database, clock, queue.nudge)
    return Platforms(
        door=door,
        queue=queue,
        postmen=postmen,
        hooks=hooks,
        telegram=telegram,
        polls=house.settings.telegram_mode == "polling",
        zalo=zalo,
    )


async def _look_after(zalo: ZaloChannel) -> None:
    while True:
        await zalo.tokens.watch(clock())
        await asyncio.sleep(TOKENS_SECONDS)
