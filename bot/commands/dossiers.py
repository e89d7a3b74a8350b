"""`motcua dossiers`: import tracking data from files, show one dossier."""

from pathlib import Path
from typing import Annotated

import typer

from bot.channels.plain import render_plain
from bot.commands.screen import err, out, run
from bot.dialogue import deadlines, dossier_cards
from bot.dialogue.plain_words import LOCAL
from bot.errors import Refusal
from bot.importing import read_dossier_file
from bot.messages import Language, Reply
from bot.settings import read_settings
from bot.wiring import clock, open_house
from bot.wording.dialogue import wording
from db.dossier_codes import dossier_codes_in

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
            *dossier_cards.history(dossier, say),
        )
        out.print(render_plain(Reply(blocks=blocks)))
