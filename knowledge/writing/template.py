"""Writes our spreadsheet template: what `reading.template` reads back unchanged."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator

import xlsxwriter

from knowledge.model import DecisionAct, Duration, Fee, FeeKind, Procedure
from knowledge.reading.columns import (
    ABOLISHED,
    ACTS,
    CHANNELS,
    FEES,
    LEVELS,
    UNITS,
    USES,
    Column,
    RowKind,
)
from knowledge.writing.cells import guarded

Row = dict[Column, str]

_LAST_ROW = 20_000
_GUIDE = (
    "Mỗi thủ tục là một khối dòng. Dòng đầu ghi “Thủ tục” ở cột “Dòng”; các dòng sau để trống mã.",
    "Cột “Dòng”: " + ", ".join(kind.value for kind in RowKind) + ".",
    "Giấy tờ: cột “Loại” ghi " + ", ".join(USES.values()) + "; “Chỉ khi” ghi điều kiện, nếu có.",
    "Câu hỏi, Trường hợp: cột “Loại” ghi khoá ngắn (a-z, số); giấy tờ ghi khoá ở cột “Trường hợp”.",
    "Cách thức: cột “Loại” ghi " + ", ".join(CHANNELS.values()) + "; “Số” và “Đơn vị” là thời hạn.",
    "Lệ phí: đặt dưới dòng Cách thức; “Loại” ghi " + ", ".join(FEES.values()) + ".",
    "Lệ phí: “Số” là số tiền (đồng), “Chỉ khi” ghi tính cho mỗi thứ gì (bản, trang…).",
    "Không biết thì để trống. Không ghi số liệu mà quyết định công bố không có.",
    "Bãi bỏ một thủ tục: ghi “bãi bỏ” ở cột “Tình trạng” của dòng Thủ tục.",
)


def write_csv(procedures: Iterable[Procedure]) -> bytes:
    """UTF-8 with a mark that Excel understands. No cell begins as a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([column.value for column in Column])
    for row in _rows(procedures):
        writer.writerow([guarded(row.get(column, "")) for column in Column])
    return buffer.getvalue().encode("utf-8-sig")


def write_xlsx(procedures: Iterable[Procedure]) -> bytes:
    """A workbook with the table, its drop-downs and its instructions; texts stay texts."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("Thủ tục")
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    for place, column in enumerate(Column):
        sheet.write_string(0, place, column.value, bold)
    for number, row in enumerate(_rows(procedures), 1):
        for place, column in enumerate(Column):
            if row.get(column):
                sheet.write_string(number, place, row[column], wrapped)
    sheet.freeze_panes(1, 2)
    sheet.set_column(2, 2, 60)
    sheet.data_validation(
        1, 1, _LAST_ROW, 1, {"validate": "list", "source": [kind.value for kind in RowKind]}
    )
    guide = book.add_worksheet("Hướng dẫn")
    guide.set_column(0, 0, 110)
    for number, sentence in enumerate(_GUIDE):
        guide.write_string(number, 0, sentence, wrapped)
    book.close()
    return buffer.getvalue()


def blank_template() -> bytes:
    """The workbook without any procedure."""
    return write_xlsx(())


def _rows(procedures: Iterable[Procedure]) -> Iterator[Row]:
    for procedure in procedures:
        yield _head(procedure)
        for rest in _rest(procedure):
            yield {column: text for column, text in rest.items() if text}


def _head(procedure: Procedure) -> Row:
    decision = procedure.decision
    return {
        Column.CODE: procedure.code,
        Column.ROW: RowKind.PROCEDURE.value,
        Column.TEXT: procedure.name,
        Column.SHORT_NAME: procedure.short_name,
        Column.SUMMARY: procedure.summary,
        Column.FIELD: procedure.field,
        Column.LEVELS: ", ".join(LEVELS[level] for level in procedure.levels),
        Column.AGENCY: procedure.agency,
        Column.MINISTRY: procedure.ministry,
        Column.RESULT: procedure.result,
        Column.DECISION: decision.number if decision else "",
        Column.DECISION_DATE: _day(decision.date if decision else None),
        Column.ACT: ACTS[decision.act] if decision and decision.act != DecisionAct.ISSUED else "",
        Column.VALID_FROM: _day(decision.valid_from if decision else None),
        Column.VALID_UNTIL: _day(decision.valid_until if decision else None),
        Column.STATE: ABOLISHED if procedure.abolished else "",
        Column.AS_OF: procedure.as_of,
        Column.LINK: procedure.source_url,
    }


def _rest(procedure: Procedure) -> Iterator[Row]:
    for alias in procedure.aliases:
        yield {Column.ROW: RowKind.ALIAS, Column.TEXT: alias}
    for question in procedure.questions:
        yield {Column.ROW: RowKind.QUESTION, Column.TEXT: question.text, Column.KIND: question.key}
        for case in question.cases:
            yield {
                Column.ROW: RowKind.CASE,
                Column.TEXT: case.label,
                Column.KIND: case.key,
                Column.NOTE: case.description,
            }
    for paper in procedure.papers:
        yield {
            Column.ROW: RowKind.PAPER,
            Column.TEXT: paper.name,
            Column.KIND: USES[paper.use],
            Column.CONDITION: paper.condition,
            Column.CASES: ", ".join(paper.cases),
            Column.ORIGINALS: _number(paper.originals),
            Column.COPIES: _number(paper.copies),
            Column.LINK: paper.form.url if paper.form else "",
            Column.LINK_TITLE: paper.form.title if paper.form else "",
            Column.NOTE: paper.note,
        }
    for channel in procedure.channels:
        yield {
            Column.ROW: RowKind.CHANNEL,
            Column.KIND: CHANNELS[channel.kind],
            **_duration(channel.duration),
            Column.NOTE: channel.note,
        }
        for fee in channel.fees:
            yield _fee(fee)
    for kind, texts in (
        (RowKind.STEP, procedure.steps),
        (RowKind.CONDITION, procedure.conditions),
        (RowKind.AUDIENCE, procedure.audience),
        (RowKind.RELATED, procedure.related),
    ):
        for text in texts:
            yield {Column.ROW: kind, Column.TEXT: text}
    for law in procedure.legal_basis:
        yield {Column.ROW: RowKind.LAW, Column.TEXT: law.number, Column.NOTE: law.title}
    for form in procedure.forms:
        yield {Column.ROW: RowKind.FORM, Column.TEXT: form.title, Column.LINK: form.url}


def _duration(duration: Duration | None) -> Row:
    if duration is None:
        return {}
    return {
        Column.TEXT: duration.text,
        Column.AMOUNT: _number(duration.amount),
        Column.UNIT: UNITS[duration.unit] if duration.amount is not None else "",
    }


def _fee(fee: Fee) -> Row:
    return {
        Column.ROW: RowKind.FEE,
        Column.KIND: FEES[fee.kind],
        Column.AMOUNT: _number(fee.amount) if fee.kind is FeeKind.AMOUNT else "",
        Column.UNIT: "" if fee.currency == "VND" else fee.currency,
        Column.CONDITION: fee.per,
        Column.TEXT: fee.text,
    }


def _day(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
