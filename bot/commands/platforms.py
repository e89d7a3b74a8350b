"""`motcua telegram`, `motcua zalo`, `motcua inbox`: set the platforms up, and mend what was parked.

Secrets are asked for or read from files, never given as arguments: those stand in process lists.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from bot.channels.telegram import setup as telegram_setup
from bot.channels.telegram.api import Api
from bot.channels.zalo import setup as zalo_setup
from bot.channels.zalo.oauth import ZaloOAuth
from bot.commands.screen import out, run, table
from bot.errors import Refusal
from bot.platforms import open_platforms, telegram_api, zalo_account
from bot.settings import Settings, read_settings
from bot.wiring import House, clock, open_house
from db.inbox import State

telegram_app = typer.Typer(no_args_is_help=True, help="Set Telegram up.")
zalo_app = typer.Typer(no_args_is_help=True, help="Set Zalo up.")
inbox_app = typer.Typer(no_args_is_help=True, help="Updates that could not be answered.")


@telegram_app.command("set-webhook")
def set_webhook(
    url: Annotated[
        str,
        typer.Argument(help="Where Telegram calls. Empty: /telegram under MOTCUA_PUBLIC_URL."),
    ] = "",
) -> None:
    """Have Telegram call us, and set the bot's menu and descriptions."""
    run(_set_webhook(url))


@telegram_app.command("delete-webhook")
def delete_webhook() -> None:
    """Have Telegram keep updates until they are polled."""
    run(_delete_webhook())


@telegram_app.command()
def describe() -> None:
    """Set the bot's menu and descriptions, in Vietnamese and English."""
    run(_describe())


@zalo_app.command()
def login() -> None:
    """Get the first tokens: asks for the authorisation code and its verifier (docs/zalo.md)."""
    settings = _zalo_settings()
    if not settings.zalo_app_secret.get_secret_value():
        raise Refusal("ZALO_APP_SECRET is not set. Zalo's console shows it (docs/zalo.md).")
    code = typer.prompt("Authorisation code", hide_input=True)
    verifier = typer.prompt("Code verifier", hide_input=True)
    run(_login(settings, code, verifier))


@zalo_app.command()
def tokens(
    access: Annotated[Path, typer.Option(help="File with the access token.")],
    refresh: Annotated[Path, typer.Option(help="File with the refresh token.")],
) -> None:
    """Put in a pair of tokens that was copied from Zalo's console just now."""
    try:
        pair = access.read_text("utf-8"), refresh.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"A token file cannot be read ({type(error).__name__}).") from None
    run(_tokens(*pair))


@inbox_app.command()
def parked() -> None:
    """List what was set aside after five tries: number, channel, when, and why. No texts."""
    run(_parked())


@inbox_app.command()
def replay(number: Annotated[int, typer.Argument(help="As `motcua inbox parked` shows.")]) -> None:
    """Bring a parked update back to its turn."""
    run(_replay(number))


def webhook_url(settings: Settings, given: str = "") -> str:
    """Where Telegram has to call: as given, or /telegram under the public address."""
    if given:
        return given
    if not settings.public_url:
        raise Refusal("Give the address that Telegram can reach, or set MOTCUA_PUBLIC_URL.")
    return f"{settings.public_url}/telegram"


@asynccontextmanager
async def _telegram() -> AsyncIterator[tuple[Api, Settings]]:
    settings = read_settings()
    if not settings.telegram_token.get_secret_value():
        raise Refusal("TELEGRAM_TOKEN is not set. @BotFather gives one (docs/telegram.md).")
    api = telegram_api(settings)
    try:
        yield api, settings
    except telegram_setup.CannotSetUp as error:
        raise Refusal(str(error)) from None
    finally:
        await api.close_connections()


async def findings(house: House) -> list[tuple[str, str, bool]]:
    """What each configured platform says of us: its name, a sentence, whether it is well."""
    told: list[tuple[str, str, bool]] = []
    settings = house.settings
    async with open_platforms(house) as platforms:
        if platforms and platforms.telegram:
            url = webhook_url(settings) if settings.public_url else ""
            verdict = await telegram_setup.verify(
                platforms.telegram,
                mode=settings.telegram_mode,
                url=url,
                bot=settings.telegram_bot,
                clock=clock,
            )
            told += [("Telegram", problem, False) for problem in verdict.problems]
            if not verdict.problems:
                well = f"@{verdict.bot} answers, {settings.telegram_mode}."
                told.append(("Telegram", well, True))
        if platforms and platforms.zalo:
            found = await zalo_setup.verify(
                zalo_account(settings), house.database, platforms.zalo.sender, clock()
            )
            told += [("Zalo", one.text, one.is_well) for one in found]
    async with house.database.reading() as unit:
        counts = await unit.inbox.counts()
    if counts.get(State.PARKED):
        advice = f"{counts[State.PARKED]} updates are parked: motcua inbox parked"
        told.append(("Inbox", advice, False))
    return told


async def _set_webhook(given: str) -> None:
    async with _telegram() as (api, settings):
        url = webhook_url(settings, given)
        secret = settings.telegram_webhook_secret.get_secret_value()
        await telegram_setup.set_webhook(api, url, secret)
        await telegram_setup.describe(api)
    out.print(f"Telegram calls {url} from now on. Serve with TELEGRAM_MODE=webhook.")


async def _delete_webhook() -> None:
    async with _telegram() as (api, _):
        await telegram_setup.delete_webhook(api)
    out.print("The webhook is deleted. Serve with TELEGRAM_MODE=polling.")


async def _describe() -> None:
    async with _telegram() as (api, _):
        await telegram_setup.describe(api)
    out.print("Menu and descriptions are set.")


def _zalo_settings() -> Settings:
    settings = read_settings()
    if not settings.zalo_app_id:
        raise Refusal("ZALO_APP_ID is not set. Zalo's console shows it (docs/zalo.md).")
    return settings


async def _login(settings: Settings, code: str, verifier: str) -> None:
    async with (
        open_house(settings, answers=False) as house,
        aiohttp.ClientSession() as session,
    ):
        oauth = ZaloOAuth(session, zalo_account(settings))
        await zalo_setup.authorise(
            house.database, oauth, code=code.strip(), verifier=verifier.strip(), now=clock()
        )
    out.print("Zalo's tokens are kept; they are renewed by themselves from now on.")


async def _tokens(access: str, refresh: str) -> None:
    settings = _zalo_settings()
    async with open_house(settings, answers=False) as house:
        await zalo_setup.put_in(house.database, access=access, refresh=refresh, now=clock())
    out.print("Zalo's tokens are kept. Delete the files.")


async def _parked() -> None:
    async with (
        open_house(read_settings(), answers=False) as house,
        house.database.reading() as unit,
    ):
        found = await unit.inbox.parked()
    rows = [
        (one.id, one.channel, f"{one.received_at:%Y-%m-%d %H:%M} UTC", one.tries, one.trouble)
        for one in found
    ]
    table("Parked updates", ["number", "channel", "received", "tries", "trouble"], rows)


async def _replay(number: int) -> None:
    async with open_house(read_settings(), answers=False) as house, house.database.unit() as unit:
        if not await unit.inbox.replay(number, clock()):
            raise Refusal(f"No parked update has the number {number}.")
        await unit.commit()
    out.print(f"Update {number} is back in the inbox; a running motcua takes it up within seconds.")
