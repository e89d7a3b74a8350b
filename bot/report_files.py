"""The report as a file: CSV for other programs, a workbook with a chart, a page to print."""

import csv
import io
from collections.abc import Sequence
from functools import cache

import xlsxwriter
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bot.dialogue import plain_words
from bot.reporting import Entry, Punctuality, Report, Workload
from knowledge.writing.cells import guarded

LISTS = {
    "due_today": "Hẹn trả hôm nay",
    "overdue": "Quá hẹn",
    "silent": "Không có gì mới",
    "waiting": "Chờ bổ sung",
    "asked_again": "Yêu cầu thêm giấy tờ mới ở lần sau",
}
_ENTRY = ("Mã hồ sơ", "Thủ tục", "Đang ở", "Cán bộ", "Hẹn trả", "Quá (ngày)", "Im (ngày)")
WORKLOAD = ("Cơ quan", "Cán bộ", "Hẹn trả hôm nay", "Quá hẹn", "Không có gì mới", "Chờ bổ sung")
OFFICERS = "Theo cán bộ"
RATE = ("Tên", "Đã xong", "Đúng hẹn", "Không rõ hẹn", "Tỷ lệ đúng hẹn")


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


def rate_cells(row: Punctuality) -> tuple[str, ...]:
    """One row of punctuality, as `RATE` names its cells."""
    share = "" if row.rate is None else f"{row.rate * 100:.1f} %".replace(".", ",")
    return (row.name, str(row.finished), str(row.in_time), str(row.unknown), share)


def workload_cells(row: Workload) -> tuple[str, ...]:
    """One row of a workload, as `WORKLOAD` names its cells."""
    counts = (row.due_today, row.overdue, row.silent, row.waiting)
    return (row.office, row.officer, *map(str, counts))


def sheets(made: Report) -> dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Every table of the report by its title: the columns, and the rows as text."""
    made_sheets: dict[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
        title: (_ENTRY, [_cells(one) for one in getattr(made, name)])
        for name, title in LISTS.items()
    }
    made_sheets[OFFICERS] = (WORKLOAD, [workload_cells(one) for one in made.by_officer])
    made_sheets["Đúng hẹn theo cơ quan"] = (RATE, [rate_cells(one) for one in made.by_agency])
    made_sheets["Đúng hẹn theo lĩnh vực"] = (RATE, [rate_cells(one) for one in made.by_field])
    return made_sheets


def to_csv(made: Report) -> bytes:
    """One block per list, in UTF-8 with a mark that Excel understands; no cell is a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for title, (columns, rows) in sheets(made).items():
        writer.writerow([title])
        writer.writerow(columns)
        writer.writerows([[guarded(cell) for cell in row] for row in rows])
        writer.writerow([])
    return buffer.getvalue().encode("utf-8-sig")


def to_xlsx(made: Report) -> bytes:
    """A sheet per list, and a bar chart of punctuality by agency."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
    for title, (columns, rows) in sheets(made).items():
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


def to_html(made: Report) -> str:
    """One page with every table, and a bar for each agency and field; prints on A4."""
    return _template().render(
        made=made,
        period=period_of(made),
        moment=plain_words.moment(made.at),
        tables={
            title: (columns, rows)
            for title, (columns, rows) in sheets(made).items()
            if columns != RATE
        },
        charts={"cơ quan": _bars(made.by_agency), "lĩnh vực": _bars(made.by_field)},
    )


def period_of(made: Report) -> str:
    """The first and the last day of the period, both counted."""
    return f"{plain_words.date(made.first)} – {plain_words.date(made.last)}"


def _bars(rows: Sequence[Punctuality]) -> list[tuple[Punctuality, str, float]]:
    """Each row with its rate in words and the length of its bar in hundredths."""
    return [(one, rate_cells(one)[-1], round((one.rate or 0) * 100, 1)) for one in rows]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("bot"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html")
