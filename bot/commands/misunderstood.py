"""`motcua misunderstood`: what people said that was not understood, for the next phrases."""

import datetime as dt
import json
import sys
from typing import Annotated

import typer

from bot.commands.screen import out, run
from bot.settings import read_settings
from bot.wiring import clock, open_house
from db.records import TurnRecord

_CANDIDATES = 3


def misunderstood(
    days: Annotated[int, typer.Option(help="How many days to look back.", min=1)] = 7,
    limit: Annotated[int, typer.Option(help="At most this many, newest first.", min=1)] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List what was asked back, not understood or called wrong, with what people chose."""
    for record in run(_load(days, limit)):
        if as_json:
            sys.stdout.write(f"{json.dumps(_row(record), ensure_ascii=False)}\n")
            continue
        out.print(f"{record.outcome}: {record.said}")
        meant = f"chosen: {record.picked}; " if record.picked else ""
        codes = ", ".join(code for code, _ in record.candidates[:_CANDIDATES])
        out.print(f"    {meant}candidates: {codes or '–'}")


async def _load(days: int, limit: int) -> tuple[TurnRecord, ...]:
    async with (
        open_house(read_settings(), answers=False) as house,
        house.database.unit() as unit,
    ):
        since = clock() - dt.timedelta(days=days)
        return await unit.conversations.misunderstood(since, limit)


def _row(record: TurnRecord) -> dict[str, object]:
    return {
        "said": record.said,
        "outcome": record.outcome,
        "picked": record.picked,
        "is_helpful": record.is_helpful,
        "candidates": [[code, chance] for code, chance in record.candidates],
    }
