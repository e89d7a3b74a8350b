"""`motcua sources`: check and read the tracking databases of others."""

from typing import Annotated

import typer

from bot.commands.screen import err, out, run
from bot.errors import Refusal
from bot.settings import read_settings
from bot.watching import sources_of
from bot.wiring import clock, open_house
from db.records import SourceState
from db.sources.checking import check_source
from db.sources.mapping_file import SHIPPED, Source, shipped_mapping
from db.sources.syncing import SyncReport, read_again, sync

app = typer.Typer(
    help="Tracking databases of others: whether they can be read, and reading them.",
    no_args_is_help=True,
)

_SHOWN = 20


@app.command()
def check() -> None:
    """Say of each mapping whether its database answers, and which columns are missing."""
    run(_check())


@app.command("sync")
def sync_now(
    again: Annotated[
        bool,
        typer.Option("--again", help="Read everything again, as after a change of a mapping."),
    ] = False,
) -> None:
    """Read once what changed in each database; exit code 1 when one cannot be read."""
    run(_sync(again=again))


@app.command()
def mapping(
    name: Annotated[str, typer.Argument(help="epar or opencps2.")],
) -> None:
    """Print a mapping that ships, to be saved as a file and changed."""
    if name not in SHIPPED:
        raise typer.BadParameter(f"{name} does not ship. Take one of: {', '.join(SHIPPED)}.")
    out.print(shipped_mapping(name), end="")


def told(state: SourceState | None) -> str:
    """What a source's state means, for the table of `motcua check`."""
    if state is None or state.read_until is None:
        return "not read yet"
    until = f"read until {state.read_until:%Y-%m-%d %H:%M} UTC"
    return f"{until}; last look failed: {state.trouble}" if state.trouble else until


async def _check() -> None:
    sources = _sources()
    troubled = False
    for source in sources:
        findings = await check_source(source)
        troubled = troubled or bool(findings.trouble)
        out.print(f"{source.name}: {findings.trouble or 'can be read.'}")
        for note in findings.notes:
            out.print(f"{source.name}: {note}")
    if troubled:
        raise Refusal("Not every source can be read.")


async def _sync(*, again: bool) -> None:
    sources = _sources()
    failed = []
    async with open_house(read_settings(), answers=False) as house:
        for source in sources:
            if again:
                await read_again(house.database, source)
            report = await sync(house.database, source, clock())
            _print(report)
            failed += [source.name] if report.trouble else []
    if failed:
        raise Refusal(f"Not read: {', '.join(failed)}.")


def _print(report: SyncReport) -> None:
    if report.trouble:
        err.print(f"{report.source}: {report.trouble}", style="red")
    out.print(
        f"{report.source}: {report.rows} rows read, {report.dossiers} dossiers kept, "
        f"{report.changes} new status changes, {report.unread_count} rows not understood."
    )
    for unread in report.unread[:_SHOWN]:
        out.print(f"  row {unread.key}: {unread.reason}")
    more = report.unread_count - _SHOWN
    if more > 0:
        out.print(f"  … and {more} more.")


def _sources() -> tuple[Source, ...]:
    sources = sources_of(read_settings().sources)
    if not sources:
        raise Refusal("There are no sources. Name a folder of mapping files in MOTCUA_SOURCES.")
    return sources
