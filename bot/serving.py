"""The web server's life: bind, announce, follow the knowledge, tidy up, stop cleanly."""

import asyncio
import errno
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog
from aiohttp import web

from bot.app import Receipts, create_app
from bot.console.api.routes import create_api
from bot.dialogue.plain_words import LOCAL
from bot.dropping.folder import DropFolder, keep_looking
from bot.errors import Refusal
from bot.platforms import Platforms, open_platforms
from bot.watching import Watcher, sources_of
from bot.wiring import House, clock
from db.engine import DatabaseTrouble
from db.sources.mapping_file import Source

TIDY_SECONDS = 3600.0
"""How often conversations past their days are deleted."""

_SHUTDOWN_SECONDS = 5.0

_log = structlog.get_logger()


async def serve_house(house: House, *, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM. Raises Refusal when the port cannot be had."""
    async with open_platforms(house) as platforms:
        await _serve(house, platforms, announce)


async def _serve(
    house: House, platforms: Platforms | None, announce: Callable[[str], None]
) -> None:
    settings = house.settings
    drop = open_drop(house)
    sources = sources_of(settings.sources)
    app = create_app(
        house.desk,
        clock=clock,
        behind_proxy=settings.behind_proxy,
        receipts=Receipts(
            scanned=house.scanned, photos=house.photos, telegram_bot=settings.telegram_bot
        ),
        api=create_api(house.database, clock=clock),
        door=platforms.door if platforms else None,
        hooks=platforms.hooks if platforms else (),
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        try:
            await site.start()
        except OSError as error:
            raise Refusal(_cannot_listen(settings.host, settings.port, error)) from None
        announce(_address(runner, settings.host))
        await _until_stopped(_work(house, drop, platforms, sources))
    finally:
        await runner.cleanup()
        _log.info("The desk is closed.", action="stopped")


def open_drop(house: House) -> DropFolder | None:
    """The watched folder of the settings. Raises Refusal when it cannot be used."""
    if house.settings.drop is None:
        return None
    drop = DropFolder(house.settings.drop, database=house.database, zone=LOCAL, clock=clock)
    drop.make()
    return drop


def _work(
    house: House,
    drop: DropFolder | None,
    platforms: Platforms | None,
    sources: Sequence[Source],
) -> list[Coroutine[Any, Any, None]]:
    """All that goes on beside the web server, for ever."""
    watcher = Watcher(database=house.database, every=house.settings.sources_every, clock=clock)
    work = [house.library.follow(), _tidy(house), watcher.watch(sources)]
    if platforms:
        work.append(platforms.run())
    if drop:
        work.append(keep_looking(drop))
    return work


async def _until_stopped(work: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Work until SIGINT or SIGTERM; what fails ends everything, and says so."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with asyncio.TaskGroup() as tasks:
        background = [tasks.create_task(one) for one in work]
        await stop.wait()
        for task in background:
            task.cancel()


async def _tidy(house: House) -> None:
    while True:
        try:
            await house.desk.tidy(house.settings.history_days)
        except DatabaseTrouble:
            _log.warning("Old conversations could not be deleted.", action="tidy_failed")
        await asyncio.sleep(TIDY_SECONDS)


def _address(runner: web.AppRunner, host: str) -> str:
    port = runner.addresses[0][1]
    return f"http://{host}:{port}/"


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is in use. Stop the other program, "
            "or name another port in MOTCUA_PORT."
        )
    return f"Cannot listen on {host}:{port} ({error.strerror}). Set MOTCUA_HOST and MOTCUA_PORT."
