"""`motcua serve`, `motcua demo`, `motcua db`, `motcua check`."""

import datetime as dt
import platform
import sqlite3
from importlib.metadata import version
from typing import Annotated

import typer

from bot import demonstration
from bot.commands.platforms import findings
from bot.commands.screen import out, run, table
from bot.commands.sources import told
from bot.errors import Refusal
from bot.office import phrases_without_procedure
from bot.publishing import ensure_starter
from bot.serving import serve_house
from bot.settings import Settings, read_settings, setting_name
from bot.watching import sources_of
from bot.wiring import House, clock, load_keyring, open_house, start_logging
from db.engine import DatabaseUnusable, open_database, without_password
from db.migrating import Fit
from db.migrating import check as check_database
from db.migrating import upgrade as upgrade_database

db_app = typer.Typer(help="The database: migrations, and whether it fits.", no_args_is_help=True)


def serve(
    with_demo: Annotated[
        bool,
        typer.Option(
            "--with-demo", help="Fill an empty database with the demonstration data first."
        ),
    ] = False,
) -> None:
    """Run everything that is configured, in one process, until stopped."""
    run(_serve(with_demo=with_demo))


def demo() -> None:
    """Fill the database with the demonstration dossiers: the same 300 every time."""
    run(_demo())


def check() -> None:
    """Show the effective settings (secrets starred), what is ready and what is missing."""
    run(_check())


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this version's schema and publish the starter catalogue if empty."""
    run(_upgrade())


@db_app.command("check")
def db_check() -> None:
    """Tell whether database and code fit; exit code 1 when they do not."""
    run(_db_check())


async def _serve(*, with_demo: bool) -> None:
    settings = read_settings()
    start_logging(settings.log_level, settings.log_format)
    async with open_house(settings) as house:
        if with_demo and await _holds_no_dossiers(house):
            await demonstration.fill(house.database)
        await serve_house(house, announce=lambda url: _announce(url, with_demo=with_demo))


def _announce(url: str, *, with_demo: bool) -> None:
    out.print(f"\nmotcua is open: {url}\n")
    if with_demo:
        sample = demonstration.SAMPLE
        out.print("Try: làm khai sinh cho con cần giấy gì")
        out.print(
            f"Or look up the demonstration dossier {sample.code}: the last 6 digits of the "
            f"personal number are {sample.tail}, the receipt secret is {sample.secret}."
        )
    out.print("Stop with Ctrl-C.\n")


async def _demo() -> None:
    async with open_house(read_settings()) as house:
        await demonstration.fill(house.database)
    sample = demonstration.SAMPLE
    out.print(f"{demonstration.COUNT} demonstration dossiers are in the database.")
    out.print(
        f"One of them: {sample.code}, last 6 digits {sample.tail}, receipt secret {sample.secret}."
    )


async def _upgrade() -> None:
    settings = read_settings()
    url = settings.effective_database_url
    try:
        if await check_database(url) is Fit.AHEAD:
            raise Refusal("The database is newer than this version of motcua. Nothing was changed.")
        await upgrade_database(url)
        database = await open_database(url, keys=load_keyring(settings))
        try:
            await ensure_starter(database, now=clock())
        finally:
            await database.close()
    except DatabaseUnusable as error:
        raise Refusal(str(error)) from None
    out.print("The database is up to date.")


async def _db_check() -> None:
    try:
        fit = await check_database(read_settings().effective_database_url)
    except DatabaseUnusable as error:
        raise Refusal(str(error)) from None
    advice = {
        Fit.FITS: "The database fits this version.",
        Fit.EMPTY: "The database is empty. Run: motcua db upgrade",
        Fit.BEHIND: "The database is older than this version. Run: motcua db upgrade",
        Fit.AHEAD: "The database is newer than this version. Install the newer motcua.",
    }
    if fit is not Fit.FITS:
        raise Refusal(advice[fit])
    out.print(advice[fit])


async def _check() -> None:
    settings = read_settings()
    table("Settings", ["setting", "value"], [_shown(settings, name) for name in _names()])
    table("Versions", ["what", "version"], _versions())
    async with open_house(settings) as house:
        revision = house.library.knowledge.revision
        async with house.database.unit() as unit:
            counts = await unit.dossiers.count_by_status()
        office = house.library.knowledge.office
        now = clock()
        rows = [
            ("database", without_password(settings.effective_database_url)),
            ("catalogue", f"revision {revision.number}, {len(revision.current)} procedures"),
            ("dossiers", sum(counts.values())),
            ("clock", f"{now:%Y-%m-%d %H:%M} UTC, {now.astimezone(office.zone):%H:%M} local"),
            ("working days", _calendar(house, now)),
            ("office phone", office.phone or "missing: set MOTCUA_OFFICE"),
        ]
        ready = await house.desk.is_ready()
        platforms = await findings(house)
        rows += await _sources(house)
    table("State", ["what", "state"], rows)
    for problem in phrases_without_procedure(settings.phrases, revision.current):
        out.print(str(problem))
    for name, sentence, is_well in platforms:
        out.print(f"{name}: {sentence}", style="" if is_well else "yellow")
    if not ready:
        raise Refusal("Not ready: the database does not answer.")
    out.print("Ready.")


async def _sources(house: House) -> list[tuple[str, object]]:
    """Each source with how far it was read and its last trouble; those that are named no more."""
    named = {source.name for source in sources_of(house.settings.sources)}
    async with house.database.unit() as unit:
        known = {state.name: state for state in await unit.source_states.all()}
    return [
        (f"source {name}", told(known.get(name)) + ("" if name in named else "; not watched"))
        for name in sorted(named | set(known))
    ]


def _calendar(house: House, now: dt.datetime) -> str:
    keeper = house.timekeeper.clock
    missing = keeper.calendar.unannounced(now.astimezone(keeper.zone).date())
    if missing is None:
        return f"announced up to {keeper.calendar.official_until}"
    return f"{missing} is a forecast: enter its days off in MOTCUA_RULES (docs/deadlines.md)"


async def _holds_no_dossiers(house: House) -> bool:
    async with house.database.unit() as unit:
        return not await unit.dossiers.count_by_status()


def _names() -> list[str]:
    return list(Settings.model_fields)


def _shown(settings: Settings, name: str) -> tuple[str, str]:
    value = getattr(settings, name)
    if name == "keys":
        shown = "*****" if value else f"(kept in {settings.data})"
    elif name == "database_url":
        shown = without_password(settings.effective_database_url)
    else:
        shown = "" if value is None else str(value)
    return setting_name(name), shown


def _versions() -> list[tuple[str, str]]:
    return [
        ("motcua", version("motcua")),
        ("Python", platform.python_version()),
        ("SQLite", sqlite3.sqlite_version),
        *((name, version(name)) for name in ("aiohttp", "SQLAlchemy", "rapidfuzz")),
    ]
