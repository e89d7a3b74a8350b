"""`motcua dossiers`: import tracking data from files, show one dossier."""

import asyncio
import time
from pathlib import Path
from typing import Annotated

import typer

from bot.channels.plain import render_plain
from bot.commands.screen import err, out, run
from bot.dialogue import deadlines, dossier_cards
from bot.dialogue.plain_words import LOCAL
from bot.dropping.folder import LOOK_SECONDS, DropFolder
from bot.dropping.still import STILL_SECONDS
from bot.errors import Refusal
from bot.importing import read_dossier_file
from bot.messages import Language, Reply
from bot.settings import read_settings
from bot.wiring import clock, open_house
from bot.wording.dialogue import wording
from db.dossier_codes import dossier_codes_in
from db.engine import DatabaseTrouble

app = typer.Typer(help="Dossiers: import from files, show one.", no_args_is_help=True)

_SHOWN = 50


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; docs/dossiers.md names the columns.")],
) -> None:
    """Import dossiers from a file: all of it, or nothing when one row is wrong.

    Dossiers that are known already become what the file says; another status is an event.
    """
    run(_import(file))


@app.command()
def watch(
    folder: Annotated[Path, typer.Argument(help="Where files are dropped.")],
    once: Annotated[
        bool, typer.Option("--once", help="Import what stands still now, and end.")
    ] = False,
) -> None:
    """Import files dropped in a folder, each whole or not at all; exit code 1 when one is wrong.

    A file goes to done/ or, with its problems beside it, to failed/.
    """
    run(_watch(folder, once=once))


@app.command()
def show(code: Annotated[str, typer.Argument(help="The dossier code.")]) -> None:
    """Show a dossier as its owner would see it (for staff at the machine: no proof is asked)."""
    run(_show(code))


async def _import(file: Path) -> None:
    reading = read_dossier_file(file, LOCAL)
    if reading.problems:
        for problem in reading.problems[:_SHOWN]:
            err.print(str(problem), style="red")
        more = len(reading.problems) - _SHOWN
        if more > 0:
            err.print(f"… and {more} more.", style="red")
        raise Refusal(f"{file.name} has errors: nothing was imported.")
    async with open_house(read_settings(), answers=False) as house, house.database.unit() as unit:
        await unit.dossiers.merge_many(reading.dossiers, origin="import", seen_at=clock())
        await unit.commit()
    out.print(f"{len(reading.dossiers)} dossiers imported from {file.name}.")


async def _watch(folder: Path, *, once: bool) -> None:
    async with open_house(read_settings(), answers=False) as house:
        drop = DropFolder(folder, database=house.database, zone=LOCAL, clock=clock)
        drop.make()
        failed = await _look(drop)
        await asyncio.sleep(STILL_SECONDS)
        failed += await _look(drop)
        while not once:
            await asyncio.sleep(LOOK_SECONDS)
            await _look(drop)
    if failed:
        raise Refusal(f"{failed} files have errors: nothing of them was imported.")


async def _look(drop: DropFolder) -> int:
    """Look once, tell what was found; how many files are wrong."""
    try:
        dropped = await drop.look(time.monotonic())
    except DatabaseTrouble:
        err.print("Folder or database is away: what was dropped waits.", style="red")
        return 0
    for one in dropped:
        if one.problems:
            err.print(f"{one.name}: {len(one.problems)} problems, see failed/.", style="red")
        else:
            out.print(f"{one.dossiers} dossiers imported from {one.name}.")
    return sum(bool(one.problems) for one in dropped)


async def _show(code: str) -> None:
    codes = dossier_codes_in(code)
    async with open_house(read_settings(), answers=False) as house, house.database.unit() as unit:
        found = await unit.dossiers.find(codes)
    if not found:
        raise Refusal(f"No dossier has the code {code}.")
    say, now = wording(Language.VI), clock()
    for dossier, _ in found.values():
        blocks = (
            *dossier_cards.status(dossier, house.timekeeper, say, now),
            *deadlines.explanation(dossier, house.timekeeper, say, now),
            *dossier_cards.history(dossier, say, now),
        )
        out.print(render_plain(Reply(blocks=blocks)))
