"""`motcua report`: the morning's lists and the punctuality of a period, on screen or in a file."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
import xlsxwriter

from bot.commands.screen import out, run, table
from bot.dialogue import plain_words
from bot.errors import Refusal
from bot.reporting import Entry, Punctuality, Report, make_report
from bot.settings import read_settings
from bot.wiring import clock, open_house
from knowledge.writing.cells import guarded

_LISTS = {
    "due_today": "Hẹn trả hôm nay",
    "overdue": "Quá hẹn",
    "silent": "Không có gì mới",
    "waiting": "Chờ bổ sung",
    "asked_again": "Yêu cầu thêm giấy tờ mới ở lần sau",
}
_ENTRY = ("Mã hồ sơ", "Thủ tục", "Đang ở", "Cán bộ", "Hẹn trả", "Quá (ngày)", "Im (ngày)")
_RATE = ("Tên", "Đã xong", "Đúng hẹn", "Không rõ hẹn", "Tỷ lệ đúng hẹn")
_SHOWN = 30


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
        Path | None, typer.Option(help="Write to this file instead, .csv or .xlsx.")
    ] = None,
) -> None:
    """Show what is due today, late, silent or waiting, and how many dossiers were in time.

    Without days, punctuality is counted over this month. No owner's name is ever in it.
    """
    if to and to.suffix.lower() not in {".csv", ".xlsx"}:
        raise Refusal(f"{to.name} is neither .csv nor .xlsx. Name a file that ends with one.")
    made = run(_make(office, silent_days, first, last))
    if to is None:
        _show(made)
        return
    data = _csv(made) if to.suffix.lower() == ".csv" else _xlsx(made)
    try:
        to.write_bytes(data)
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
    for name, title in _LISTS.items():
        entries: Sequence[Entry] = getattr(made, name)
        out.print(f"{title}: {len(entries)}")
        for entry in entries[:_SHOWN]:
            out.print(f"  {_line(entry)}")
        if len(entries) > _SHOWN:
            out.print(f"  … và {len(entries) - _SHOWN} hồ sơ nữa; --to FILE.xlsx ghi tất cả.")
    period = f"{plain_words.date(made.first)} – {plain_words.date(made.last)}"
    table(f"Đúng hẹn theo cơ quan, {period}", _RATE, [_rate(one) for one in made.by_agency])
    table(f"Đúng hẹn theo lĩnh vực, {period}", _RATE, [_rate(one) for one in made.by_field])


def _line(entry: Entry) -> str:
    due = f"hẹn {plain_words.date(plain_words.day_of(entry.due_at))}" if entry.due_at else ""
    over = f"quá {entry.days_over} ngày" if entry.days_over else ""
    silent = f"{entry.days_silent} ngày không có gì mới" if entry.days_silent else ""
    told = ", ".join(filter(None, (due, over, silent)))
    return " · ".join(
        filter(None, (entry.code, told, entry.procedure, entry.office, entry.officer))
    )


def _cells(entry: Entry) -> tuple[str, ...]:
    return (
        entry.code,
        entry.procedure,
        entry.office,
        entry.officer,
        plain_words.moment(entry.due_at) if entry.due_at else "",
        str(entry.days_over or ""),
        str(entry.days_silent or ""),
    )


def _rate(row: Punctuality) -> tuple[str, ...]:
    share = "" if row.rate is None else f"{row.rate * 100:.1f} %".replace(".", ",")
    return (row.name, str(row.finished), str(row.in_time), str(row.unknown), share)


def _sheets(made: Report) -> dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    sheets: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
        title: (_ENTRY, [_cells(one) for one in getattr(made, name)])
        for name, title in _LISTS.items()
    }
    sheets["Đúng hẹn theo cơ quan"] = (_RATE, [_rate(one) for one in made.by_agency])
    sheets["Đúng hẹn theo lĩnh vực"] = (_RATE, [_rate(one) for one in made.by_field])
    return sheets


def _csv(made: Report) -> bytes:
    """One block per list, in UTF-8 with a mark that Excel understands; no cell is a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for title, (columns, rows) in _sheets(made).items():
        writer.writerow([title])
        writer.writerow(columns)
        writer.writerows([[guarded(cell) for cell in row] for row in rows])
        writer.writerow([])
    return buffer.getvalue().encode("utf-8-sig")


def _xlsx(made: Report) -> bytes:
    """A sheet per list, and a bar chart of punctuality by agency."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
    for title, (columns, rows) in _sheets(made).items():
        sheet = book.add_worksheet(title[:31])
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, bold)
        for number, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if cell.isdigit():
                    sheet.write_number(number, place, int(cell))
                else:
                    sheet.write_string(number, place, cell)
        sheet.set_column(0, 1, 36)
    agencies = [one for one in made.by_agency if one.rate is not None]
    sheet = book.add_worksheet("Biểu đồ")
    for number, one in enumerate(agencies):
        sheet.write_string(number, 0, one.name)
        sheet.write_number(number, 1, one.rate or 0, share)
    if agencies:
        last = len(agencies) - 1
        chart = book.add_chart({"type": "bar"})
        chart.add_series(
            {
                "categories": ["Biểu đồ", 0, 0, last, 0],
                "values": ["Biểu đồ", 0, 1, last, 1],
                "name": "Tỷ lệ đúng hẹn",
            }
        )
        sheet.insert_chart("D1", chart, {"x_scale": 1.5, "y_scale": 1.5})
    book.close()
    return buffer.getvalue()
