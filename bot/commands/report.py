"""`motcua report`: the morning's lists and the punctuality of a period, on screen or in a file."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.screen import out, run, table
from bot.dialogue import plain_words
from bot.errors import Refusal
from bot.report_files import (
    LISTS,
    OFFICERS,
    RATE,
    WORKLOAD,
    period_of,
    rate_cells,
    to_csv,
    to_html,
    to_xlsx,
    workload_cells,
)
from bot.reporting import Entry, Report, make_report
from bot.settings import read_settings
from bot.wiring import clock, open_house

_SHOWN = 30
_WRITERS: Mapping[str, Callable[[Report], bytes]] = {
    ".csv": to_csv,
    ".xlsx": to_xlsx,
    ".html": lambda made: to_html(made).encode(),
}


def report(
    office: Annotated[
        str | None, typer.Option(help="Only what this office holds, by its code.")
    ] = None,
    silent_days: Annotated[
        int, typer.Option(help="Working days without news that count as silent.", min=1)
    ] = 5,
    first: Annotated[
        dt.datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day for punctuality."),
    ] = None,
    last: Annotated[
        dt.datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="Last day for punctuality."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Write to this file instead, .csv, .xlsx or .html.")
    ] = None,
) -> None:
    """Show what is due today, late, silent or waiting, and how many dossiers were in time.

    Without days, punctuality is counted over this month. No owner's name is ever in it.
    """
    writer = _WRITERS.get(to.suffix.lower()) if to else None
    if to and writer is None:
        ends = ", ".join(_WRITERS)
        raise Refusal(f"{to.name} is none of {ends}. Name a file that ends with one of them.")
    made = run(_make(office, silent_days, first, last))
    if to is None or writer is None:
        _show(made)
        return
    try:
        to.write_bytes(writer(made))
    except OSError as error:
        raise Refusal(f"{to} cannot be written ({error.strerror}). Name another file.") from None
    out.print(f"The report is in {to}.")


async def _make(
    office: str | None, silent_days: int, first: dt.datetime | None, last: dt.datetime | None
) -> Report:
    now = clock()
    async with open_house(read_settings(), answers=False) as house:
        today = now.astimezone(house.timekeeper.clock.zone).date()
        begin = first.date() if first else today.replace(day=1)
        end = last.date() if last else today
        if begin > end:
            raise Refusal(f"--from {begin} is after --until {end}. Give the earlier day first.")
        return await make_report(
            house.database,
            house.timekeeper,
            now=now,
            first=begin,
            last=end,
            silent_days=silent_days,
            office=office,
        )


def _show(made: Report) -> None:
    for name, title in LISTS.items():
        entries: Sequence[Entry] = getattr(made, name)
        out.print(f"{title}: {len(entries)}")
        for entry in entries[:_SHOWN]:
            out.print(f"  {_line(entry)}")
        if len(entries) > _SHOWN:
            out.print(f"  … và {len(entries) - _SHOWN} hồ sơ nữa; --to FILE.xlsx ghi tất cả.")
    period = period_of(made)
    table(OFFICERS, WORKLOAD, [workload_cells(one) for one in made.by_officer])
    table(f"Đúng hẹn theo cơ quan, {period}", RATE, [rate_cells(one) for one in made.by_agency])
    table(f"Đúng hẹn theo lĩnh vực, {period}", RATE, [rate_cells(one) for one in made.by_field])


def _line(entry: Entry) -> str:
    due = f"hẹn {plain_words.date(plain_words.day_of(entry.due_at))}" if entry.due_at else ""
    over = f"quá {entry.days_over} ngày" if entry.days_over else ""
    silent = f"{entry.days_silent} ngày không có gì mới" if entry.days_silent else ""
    told = ", ".join(filter(None, (due, over, silent)))
    return " · ".join(
        filter(None, (entry.code, told, entry.procedure, entry.office, entry.officer))
    )
