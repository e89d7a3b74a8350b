"""Reads our spreadsheet template: one block of rows per procedure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from knowledge.model import (
    Case,
    CaseQuestion,
    ChannelKind,
    Decision,
    DecisionAct,
    Duration,
    DurationUnit,
    Fee,
    FeeKind,
    FilingChannel,
    LegalDocument,
    Level,
    Link,
    Paper,
    PaperUse,
    Procedure,
    ProcedureCode,
    SourceKind,
)
from knowledge.problems import Problem, Severity
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
from knowledge.reading.report import Reading
from knowledge.reading.sheets import Line
from knowledge.text import fold

Kind = TypeVar("Kind", bound=Enum)

_LARGEST_NUMBER = 10**12
_NEEDED = (Column.CODE, Column.ROW, Column.TEXT)
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "'")


def read_template(name: str, lines: Sequence[Line]) -> Reading:
    """Read the rows; a wrong cell is an error that names row and column."""
    if not lines:
        return Reading(problems=(_problem(name, 1, "", "The sheet is empty.", _columns_advice()),))
    places, problems = _places(name, lines[0])
    if problems:
        return Reading(problems=tuple(problems))
    blocks: dict[str, _Block] = {}
    code = ""
    for line in lines[1:]:
        cells = _Cells(name, line, places)
        if cells.is_empty:
            continue
        code = cells.text(Column.CODE) or code
        kind = cells.choice(Column.ROW, {kind: kind.value for kind in RowKind})
        if not code:
            cells.wrong(Column.CODE, "The first row of a procedure has no code.", "Write its code.")
        elif kind is RowKind.PROCEDURE:
            if code in blocks:
                cells.wrong(Column.CODE, f"{code} has a first row already.", "Keep one block each.")
            blocks[code] = _Block(code=code, head=cells)
        elif kind is not None and code not in blocks:
            advice = f"Put a row “{RowKind.PROCEDURE.value}” first."
            cells.wrong(Column.ROW, f"{code} does not begin with its name.", advice)
        elif kind is not None:
            blocks[code].take(kind, cells)
        problems += cells.problems
    procedures = []
    for block in blocks.values():
        before = len(block.head.problems)
        procedures.append(block.procedure())
        problems += block.head.problems[before:]
    return Reading(procedures=tuple(procedures), problems=tuple(problems))


def looks_like_template(lines: Sequence[Line]) -> bool:
    """Whether the first row names our columns."""
    if not lines:
        return False
    titles = {fold(lines[0].text(place)) for place in range(len(lines[0].cells))}
    return {fold(Column.CODE), fold(Column.ROW)} <= titles


class _Cells:
    """One row, read by column, collecting what is wrong with it."""

    def __init__(self, file: str, line: Line, places: Mapping[Column, int]) -> None:
        self._file = file
        self._line = line
        self._places = places
        self.problems: list[Problem] = []

    @property
    def is_empty(self) -> bool:
        return not any(self.text(column) for column in self._places)

    def text(self, column: Column) -> str:
        place = self._places.get(column, -1)
        value = self._line.text(place) if place >= 0 else ""
        guarded = value.startswith("'") and value[1:2] in _FORMULA_SIGNS and len(value) > 1
        return value[1:] if guarded else value

    def number(self, column: Column) -> float | None:
        text = self.text(column).replace(" ", "").replace(",", ".")
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number <= _LARGEST_NUMBER:
            self.wrong(column, f"“{text}” is no number that fits.", "Write digits, or nothing.")
            return None
        return number

    def count(self, column: Column) -> int | None:
        number = self.number(column)
        return int(number) if number else None

    def date(self, column: Column) -> dt.date | None:
        place = self._places.get(column, -1)
        raw = self._line.cells[place] if 0 <= place < len(self._line.cells) else ""
        if isinstance(raw, dt.datetime):
            return raw.date()
        if isinstance(raw, dt.date):
            return raw
        text = self.text(column)
        for form in ("%d/%m/%Y", "%Y-%m-%d"):
            try:
                return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a day
            except ValueError:
                continue
        if text:
            self.wrong(column, f"“{text}” is no date.", "Write it like 20/11/2026.")
        return None

    def choice(self, column: Column, words: Mapping[Kind, str]) -> Kind | None:
        text = fold(self.text(column))
        for kind, word in words.items():
            if fold(word) == text:
                return kind
        allowed = ", ".join(words.values())
        self.wrong(column, f"“{self.text(column)}” is not known here.", f"Write one of: {allowed}.")
        return None

    def wrong(self, column: Column, message: str, advice: str) -> None:
        self.problems.append(_problem(self._file, self._line.number, column.value, message, advice))


@dataclass(kw_only=True)
class _Block:
    """The rows of one procedure on their way to a record."""

    code: str
    head: _Cells
    aliases: list[str] = field(default_factory=list)
    questions: list[tuple[str, str, list[Case]]] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    channels: list[tuple[ChannelKind, Duration | None, str, list[Fee]]] = field(
        default_factory=list
    )
    steps: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    audience: list[str] = field(default_factory=list)
    laws: list[LegalDocument] = field(default_factory=list)
    forms: list[Link] = field(default_factory=list)
    related: list[ProcedureCode] = field(default_factory=list)

    def take(self, kind: RowKind, cells: _Cells) -> None:
        text = cells.text(Column.TEXT)
        plain = {
            RowKind.ALIAS: self.aliases,
            RowKind.STEP: self.steps,
            RowKind.CONDITION: self.conditions,
            RowKind.AUDIENCE: self.audience,
        }
        match kind:
            case RowKind.QUESTION:
                self.questions.append((cells.text(Column.KIND), text, []))
            case RowKind.CASE:
                self._take_case(cells, text)
            case RowKind.PAPER:
                self._take_paper(cells, text)
            case RowKind.CHANNEL:
                self._take_channel(cells, text)
            case RowKind.FEE:
                self._take_fee(cells, text)
            case RowKind.LAW:
                self.laws.append(LegalDocument(number=text, title=cells.text(Column.NOTE)))
            case RowKind.FORM:
                self.forms.append(Link(title=text, url=cells.text(Column.LINK)))
            case RowKind.RELATED:
                self.related.append(ProcedureCode(text))
            case _:
                plain[kind].append(text)

    def procedure(self) -> Procedure:
        head = self.head
        if not head.text(Column.TEXT):
            head.wrong(Column.TEXT, "The procedure has no name.", "Write its name.")
        levels = [
            level
            for word in head.text(Column.LEVELS).split(",")
            if word.strip()
            for level in [self._level(word)]
            if level
        ]
        return Procedure(
            code=ProcedureCode(self.code),
            name=head.text(Column.TEXT),
            field=head.text(Column.FIELD),
            short_name=head.text(Column.SHORT_NAME),
            summary=head.text(Column.SUMMARY),
            aliases=tuple(self.aliases),
            levels=tuple(levels),
            agency=head.text(Column.AGENCY),
            ministry=head.text(Column.MINISTRY),
            audience=tuple(self.audience),
            channels=tuple(
                FilingChannel(kind=kind, duration=duration, fees=tuple(fees), note=note)
                for kind, duration, note, fees in self.channels
            ),
            questions=tuple(
                CaseQuestion(key=key, text=text, cases=tuple(cases))
                for key, text, cases in self.questions
            ),
            papers=tuple(self.papers),
            steps=tuple(self.steps),
            conditions=tuple(self.conditions),
            result=head.text(Column.RESULT),
            forms=tuple(self.forms),
            legal_basis=tuple(self.laws),
            decision=self._decision(),
            related=tuple(self.related),
            source=SourceKind.TEMPLATE,
            source_url=head.text(Column.LINK),
            as_of=head.text(Column.AS_OF),
            abolished=fold(head.text(Column.STATE)) == fold(ABOLISHED),
        )

    def _level(self, word: str) -> Level | None:
        for level, name in LEVELS.items():
            if fold(name) == fold(word.strip()):
                return level
        allowed = ", ".join(LEVELS.values())
        self.head.wrong(Column.LEVELS, f"“{word.strip()}” is no level.", f"Write: {allowed}.")
        return None

    def _decision(self) -> Decision | None:
        head = self.head
        number = head.text(Column.DECISION)
        if not number:
            return None
        act = head.choice(Column.ACT, ACTS) if head.text(Column.ACT) else None
        return Decision(
            number=number,
            date=head.date(Column.DECISION_DATE),
            act=act or DecisionAct.ISSUED,
            valid_from=head.date(Column.VALID_FROM),
            valid_until=head.date(Column.VALID_UNTIL),
        )

    def _take_case(self, cells: _Cells, text: str) -> None:
        if not self.questions:
            advice = f"Put a row “{RowKind.QUESTION.value}” above it."
            cells.wrong(Column.ROW, "A case stands before its question.", advice)
            return
        case = Case(key=cells.text(Column.KIND), label=text, description=cells.text(Column.NOTE))
        self.questions[-1][2].append(case)

    def _take_paper(self, cells: _Cells, text: str) -> None:
        use = cells.choice(Column.KIND, USES) if cells.text(Column.KIND) else PaperUse.SUBMIT
        url = cells.text(Column.LINK)
        keys = (key.strip() for key in cells.text(Column.CASES).split(","))
        self.papers.append(
            Paper(
                name=text,
                use=use or PaperUse.SUBMIT,
                condition=cells.text(Column.CONDITION),
                cases=tuple(key for key in keys if key),
                originals=cells.count(Column.ORIGINALS),
                copies=cells.count(Column.COPIES),
                form=Link(title=cells.text(Column.LINK_TITLE), url=url) if url else None,
                note=cells.text(Column.NOTE),
            )
        )

    def _take_channel(self, cells: _Cells, text: str) -> None:
        kind = cells.choice(Column.KIND, CHANNELS)
        amount = cells.number(Column.AMOUNT)
        unit = cells.choice(Column.UNIT, UNITS) if cells.text(Column.UNIT) else None
        if amount is not None and unit is None:
            cells.wrong(Column.UNIT, "The duration has no unit.", "Write ngày làm việc, ngày, giờ.")
        stated = amount is not None or text
        duration = (
            Duration(amount=amount, unit=unit or DurationUnit.OTHER, text=text) if stated else None
        )
        note = cells.text(Column.NOTE)
        self.channels.append((kind or ChannelKind.UNSTATED, duration, note, []))

    def _take_fee(self, cells: _Cells, text: str) -> None:
        if not self.channels:
            advice = f"Put a row “{RowKind.CHANNEL.value}” above it."
            cells.wrong(Column.ROW, "A fee stands before its channel.", advice)
            return
        kind = cells.choice(Column.KIND, FEES) or FeeKind.CONFLICT
        amount = cells.number(Column.AMOUNT)
        if kind is FeeKind.AMOUNT and amount is None:
            cells.wrong(Column.AMOUNT, "The fee has no amount.", "Write the amount in đồng.")
        self.channels[-1][3].append(
            Fee(
                kind=kind,
                amount=int(amount) if amount is not None and kind is FeeKind.AMOUNT else None,
                currency=cells.text(Column.UNIT) or "VND",
                per=cells.text(Column.CONDITION),
                text=text,
            )
        )


def _places(file: str, header: Line) -> tuple[dict[Column, int], list[Problem]]:
    titles = [fold(header.text(place)) for place in range(len(header.cells))]
    places: dict[Column, int] = {}
    problems = []
    for column in Column:
        held = [place for place, title in enumerate(titles) if title == fold(column.value)]
        if len(held) > 1:
            message, advice = "The column stands more than once.", "Keep one of them."
            problems.append(_problem(file, header.number, column.value, message, advice))
        elif held:
            places[column] = held[0]
        elif column in _NEEDED:
            message = "The column is missing."
            problems.append(_problem(file, header.number, column.value, message, _columns_advice()))
    return places, problems


def _columns_advice() -> str:
    return "Start from `motcua catalogue template FILE.xlsx`."


def _problem(file: str, row: int, column: str, message: str, advice: str) -> Problem:
    return Problem(
        rule="template-row",
        severity=Severity.ERROR,
        file=file,
        row=row,
        field=column,
        message=message,
        advice=advice,
    )
