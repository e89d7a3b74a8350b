"""Reads the national portal's records: one JSON object a line."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from knowledge.model import (
    ChannelKind,
    Decision,
    Duration,
    Fee,
    FeeKind,
    FilingChannel,
    Procedure,
    ProcedureCode,
    SourceKind,
)
from knowledge.problems import Problem, Severity
from knowledge.reading.durations import read_duration
from knowledge.reading.fees import read_fees, weigh_note
from knowledge.reading.papers import Row, read_papers
from knowledge.reading.report import Reading
from knowledge.reading.words import (
    page_url,
    read_audience,
    read_decision,
    read_legal_basis,
    read_levels,
    read_lines,
    read_text,
)
from knowledge.text import fold

_PROGRESS_EVERY = 50

_CUT_WORDS = {"báo", "bản", "chứng", "lục", "nhật", "nhận", "phép", "quan", "số", "định"}
"""What is left of "Thông báo", "Văn bản", "Giấy chứng", "Trích lục", "Cập nhật", "Xác nhận" …"""


def read_portal(
    name: str, lines: Iterable[str], *, progress: Callable[[int], None] | None = None
) -> Reading:
    """Read JSON lines. A line that is no record is an error; dirty values are warnings."""
    procedures: dict[str, Procedure] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        record = _Record(name, number)
        procedure = record.read(line)
        problems += record.problems
        if procedure is None:
            continue
        if procedure.code in procedures:
            problems.append(
                Problem(
                    rule="code-twice",
                    severity=Severity.ERROR,
                    file=name,
                    row=number,
                    field="code",
                    code=procedure.code,
                    message="The code stands in an earlier line already.",
                    advice="Keep one record per code.",
                )
            )
        procedures[procedure.code] = procedure
        if progress and number % _PROGRESS_EVERY == 0:
            progress(len(procedures))
    return Reading(procedures=tuple(procedures.values()), problems=tuple(problems))


class _Record:
    """One line on its way to a procedure, collecting what is dirty about it."""

    def __init__(self, file: str, number: int) -> None:
        self._file = file
        self._number = number
        self._code = ""
        self.problems: list[Problem] = []

    def read(self, line: str) -> Procedure | None:
        try:
            raw = json.loads(line)
        except json.JSONDecodeError as error:
            self._error("", f"Not a JSON object ({error.msg}).", "Export the file again.")
            return None
        except (ValueError, RecursionError):
            self._error("", "JSON that cannot be read.", "Export the file again.")
            return None
        if not isinstance(raw, dict):
            self._error("", "Not a JSON object.", "Write one object a line.")
            return None
        for field in ("code", "name"):
            if not isinstance(raw.get(field), str) or not raw[field].strip():
                self._error(field, "The record lacks it.", "Add it, or take the line out.")
        if self.problems:
            return None
        self._code = raw["code"].strip()
        try:
            return self._procedure(raw)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            self._error("", "A field has the wrong kind of value.", "Export the file again.")
            return None

    def _procedure(self, raw: Mapping[str, Any]) -> Procedure:
        read = read_papers(
            [
                Row(name=row["name"], quantity=row.get("qty"), heading=row.get("case"))
                for row in raw.get("documents") or []
            ]
        )
        if read.repaired:
            self._warn(
                "cells-run-together",
                "documents",
                f"{read.repaired} rows had a form's file name or a number in the wrong cell.",
            )
        legal = raw.get("legal_basis") or {}
        laws = read_legal_basis(legal.get("codes") or (), legal.get("text") or "")
        lost = len(set(legal.get("codes") or ())) - len(laws)
        if lost:
            self._warn("law-number", "legal_basis", f"{lost} numbers of laws cannot be right.")
        return Procedure(
            code=ProcedureCode(self._code),
            name=" ".join(raw["name"].split()),
            field=read_text(raw.get("field")),
            levels=read_levels(raw.get("level")),
            agency=read_text(raw.get("agency")),
            ministry=read_text(raw.get("ministry")),
            audience=read_audience(raw.get("audience")),
            channels=self._channels(raw),
            questions=read.questions,
            papers=read.papers,
            steps=read_lines(raw.get("steps")),
            conditions=read_lines(raw.get("conditions")),
            result=self._result(raw.get("result")),
            legal_basis=laws,
            decision=self._decision(raw.get("decision_no")),
            source=SourceKind.PORTAL,
            source_url=page_url(raw.get("url")),
            as_of=read_text(raw.get("snapshot")),
        )

    def _channels(self, raw: Mapping[str, Any]) -> tuple[FilingChannel, ...]:
        rows: Sequence[Mapping[str, Any]] = raw.get("channels") or []
        duration = (
            self._duration(raw.get("duration"), "duration") if not _any(rows, "time") else None
        )
        fees = self._fees(raw.get("fee"), "fee") if not _any(rows, "fee") else ()
        channels: dict[tuple[object, ...], FilingChannel] = {}
        for row in rows:
            note = _short_note(row.get("note"))
            channel = FilingChannel(
                kind=channel_kind(row.get("channel")),
                duration=self._duration(row.get("time"), "channels.time") or duration,
                fees=weigh_note(self._fees(row.get("fee"), "channels.fee") or fees, note),
                note=note,
            )
            channels[channel.kind, channel.duration, channel.fees, channel.note] = channel
        if not rows and (duration or fees):
            return (FilingChannel(kind=ChannelKind.UNSTATED, duration=duration, fees=fees),)
        return tuple(sorted(channels.values(), key=lambda one: list(ChannelKind).index(one.kind)))

    def _duration(self, text: str | None, field: str) -> Duration | None:
        first = (text or "").split(";")[0] if _is_a_list(text) else text
        duration, is_clear = read_duration(first)
        if not is_clear:
            self._warn("duration-without-unit", field, f"“{_cut(text)}” has no usable unit.")
        return duration

    def _fees(self, text: str | None, field: str) -> tuple[Fee, ...]:
        fees, is_clear = read_fees(text)
        if not is_clear:
            self._warn("fee-unclear", field, f"“{_cut(text)}” does not say one thing.")
        return tuple(
            replace(fee, text=fee.text if fee.kind is not FeeKind.FREE else "") for fee in fees
        )

    def _result(self, text: str | None) -> str:
        """The results without those whose first word the export cut off ("báo kết quả …")."""
        parts = [part.strip() for part in read_text(text).split(";")]
        whole = [part for part in parts if part.split(" ")[0] not in _CUT_WORDS]
        if len(whole) < len(parts):
            self._warn(
                "result-cut", "result", f"“{_cut(text)}” has lost the beginning of a result."
            )
        return "; ".join(whole or parts)

    def _decision(self, text: str | None) -> Decision | None:
        number, has_form = read_decision(text)
        if not number:
            return None
        if not has_form:
            self._warn("decision-form", "decision_no", f"“{number}” is no number of a decision.")
        return Decision(number=number)

    def _warn(self, rule: str, field: str, message: str) -> None:
        self.problems.append(
            Problem(
                rule=rule,
                file=self._file,
                row=self._number,
                field=field,
                code=self._code,
                message=message,
                advice="Look it up on the portal and correct the entry.",
            )
        )

    def _error(self, field: str, message: str, advice: str) -> None:
        self.problems.append(
            Problem(
                rule="broken-record",
                severity=Severity.ERROR,
                file=self._file,
                row=self._number,
                field=field,
                code=self._code,
                message=message,
                advice=advice,
            )
        )


def channel_kind(text: str | None) -> ChannelKind:
    """The way of filing that a record's words name."""
    folded = fold(text or "")
    if "truc tuyen" in folded:
        return ChannelKind.ONLINE
    if "truc tiep" in folded:
        return ChannelKind.COUNTER
    if "buu chinh" in folded:
        return ChannelKind.POST
    return ChannelKind.UNSTATED


def _any(rows: Sequence[Mapping[str, Any]], key: str) -> bool:
    return any(row.get(key) for row in rows)


def _is_a_list(text: str | None) -> bool:
    """The record-level duration joins those of its channels: "3 Ngày; 5 Ngày"."""
    parts = (text or "").split(";")
    return len(parts) > 1 and all(part.strip()[:1].isdigit() for part in parts)


def _short_note(text: str | None) -> str:
    note = read_text(text)
    return note if len(note) <= 600 and fold(note) != "khong quy dinh" else ""


def _cut(text: str | None) -> str:
    plain = " ".join((text or "").split())
    return plain if len(plain) <= 80 else f"{plain[:79]}…"
