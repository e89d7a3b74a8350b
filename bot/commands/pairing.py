"""`motcua pair`: a code that the desk hands over, so that a citizen may follow a dossier."""

from typing import Annotated

import typer

from bot.commands.finding import one_dossier
from bot.commands.screen import out, run
from bot.dialogue.plain_words import LOCAL
from bot.errors import Refusal
from bot.settings import read_settings
from bot.wiring import clock, open_house
from db.pairings import LIFETIME


def pair(
    code: Annotated[str, typer.Argument(help="The dossier code.")],
    by: Annotated[str, typer.Option(help="Who hands it over; kept with it.")] = "desk",
) -> None:
    """Make a pairing code for a dossier: for one person, for ten minutes.

    Hand it over only to somebody who showed at the desk that the dossier is theirs.
    """
    run(_pair(code, by))


async def _pair(code: str, by: str) -> None:
    async with open_house(read_settings(), answers=False) as house, house.database.unit() as unit:
        dossier, _ = await one_dossier(unit, code)
        now = clock()
        made = await unit.pairings.make(dossier.code, made_by=by, now=now)
        await unit.commit()
    if made is None:
        raise Refusal(f"{dossier.code} was removed meanwhile: nothing was made.")
    until = (now + LIFETIME).astimezone(LOCAL)
    out.print(f"{made[:4]}-{made[4:]}")
    out.print(f"For {dossier.code}, once, until {until:%H:%M}. Earlier ones of it are void.")
