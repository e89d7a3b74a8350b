"""Reads the packet of the national exchange service (GoiTinThuTucQG): JSON, Vietnamese keys."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from knowledge.model import (
    Case,
    CaseQuestion,
    ChannelKind,
    Decision,
    Fee,
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
from knowledge.reading.durations import read_duration
from knowledge.reading.fees import read_fees
from knowledge.reading.report import Reading
from knowledge.reading.words import page_url, read_audience, read_decision, read_lines, read_text
from knowledge.text import fold, shorten

_CHANNELS = {"1": ChannelKind.COUNTER, "2": ChannelKind.ONLINE, "3": ChannelKind.POST}
_LEVELS = {"0": Level.MINISTRY, "1": Level.PROVINCE, "2": Level.DISTRICT, "3": Level.COMMUNE}
_WRAPPERS = ("data", "result", "goitinthutucqg", "items")


def read_packet(name: str, text: str) -> Reading:
    """Read one object, a list of them, or either inside a wrapper."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        return _error(name, error.lineno, "", f"Not JSON ({error.msg}).", "Fetch the packet again.")
    except (ValueError, RecursionError):
        return _error(name, 1, "", "JSON that cannot be read.", "Fetch the packet again.")
    procedures: dict[str, Procedure] = {}
    problems: list[Problem] = []
    for number, entry in enumerate(_entries(raw), 1):
        if not isinstance(entry, dict):
            message = "The record is no JSON object."
            problems += _error(name, number, "", message, "Fetch the packet again.").problems
            continue
        record = _lowered(entry)
        code, title = _text(record, "matthc"), _text(record, "tentthc")
        if not code or not title:
            missing = "MaTTHC" if not code else "TENTTHC"
            problems += _error(name, number, missing, "The record lacks it.", "Add it.").problems
            continue
        if code in procedures:
            message = f"{code} stands in an earlier record already."
            problems += _error(name, number, "MaTTHC", message, "Keep one record.").problems
        try:
            procedures[code] = _procedure(code, title, record)
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
            message = "A field has the wrong kind of value."
            problems += _error(name, number, code, message, "Fetch the packet again.").problems
    return Reading(procedures=tuple(procedures.values()), problems=tuple(problems))


def looks_like_packet(text: str) -> bool:
    """Whether a JSON text has the packet's keys."""
    head = text[:4000].casefold()
    return "matthc" in head or "tentthc" in head


def _procedure(code: str, title: str, record: Mapping[str, Any]) -> Procedure:
    papers, questions = _papers(record.get("thanhphanhoso"))
    fields = [_text(_lowered(one), "tenlinhvuc") for one in _list(record.get("linhvucthuchien"))]
    levels = [_scalar(one, "capthuchien", "cap") for one in _list(record.get("capthuchien"))]
    results = [_text(_lowered(one), "tenketqua") for one in _list(record.get("ketquathuchien"))]
    return Procedure(
        code=ProcedureCode(code),
        name=title,
        field="; ".join(filter(None, fields)),
        levels=tuple(_LEVELS[level] for level in dict.fromkeys(levels) if level in _LEVELS),
        agency=_named(record.get("coquanthuchien")) or _named(record.get("cothamquyen")),
        ministry=_named(record.get("macoquancongbo")),
        audience=_audience(record),
        channels=tuple(_channels(record.get("cachthucthuchien"))),
        questions=questions,
        papers=papers,
        steps=tuple(_steps(record.get("trinhtuthuchien"))),
        conditions=read_lines(_text(record, "yeucau")),
        result="; ".join(filter(None, results)),
        legal_basis=tuple(_legal(record.get("cancuphaply"))),
        decision=_decision(record),
        related=tuple(ProcedureCode(one) for one in _codes(record.get("tthclienthong"))),
        aliases=tuple(one.strip() for one in _text(record, "tukhoa").split(",") if one.strip()),
        source=SourceKind.PACKET,
        source_url=page_url(_text(record, "url")),
        as_of=_text(record, "ngaycapnhat")[:10] if _date(_text(record, "ngaycapnhat")) else "",
        abolished="bai bo" in fold(_text(record, "trangthai")),
    )


def _channels(raw: object) -> Iterable[FilingChannel]:
    for entry in map(_lowered, _list(raw)):
        kind = _CHANNELS.get(_text(entry, "kenh"), ChannelKind.UNSTATED)
        for term in map(_lowered, _list(entry.get("thoigian")) or [{}]):
            amount, unit = _text(term, "thoigiangiaiquyet"), _text(term, "donvitinh")
            duration, _ = read_duration(f"{amount} {unit}".strip())
            fees: list[Fee] = []
            for fee in map(_lowered, _list(term.get("philephi"))):
                fees += _fees(fee)
            yield FilingChannel(
                kind=kind, duration=duration, fees=tuple(fees), note=_text(term, "mota")
            )


def _fees(raw: Mapping[str, Any]) -> tuple[Fee, ...]:
    amount, unit, note = _text(raw, "sotien"), _text(raw, "donvi") or "Đồng", _text(raw, "mota")
    if not amount:
        return read_fees(note)[0]
    return read_fees(f"{amount} {unit}" + (f" ({note})" if note else ""))[0]


def _papers(raw: object) -> tuple[tuple[Paper, ...], tuple[CaseQuestion, ...]]:
    groups = [_lowered(group) for group in _list(raw)]
    named = [group for group in groups if _text(group, "truonghop")]
    asks = len(named) > 1 and len(groups) <= 8
    papers: list[Paper] = []
    cases: list[Case] = []
    for number, group in enumerate(groups, 1):
        heading = _text(group, "truonghop")
        key = f"c{number}"
        if asks and heading:
            label = shorten(heading, 60)
            label = (
                label
                if label not in {one.label for one in cases}
                else shorten(f"{number}. {heading}", 60)
            )
            cases.append(Case(key=key, label=label, description=heading))
        case = key if asks and heading else ""
        papers += [
            _paper(entry, heading, case) for entry in map(_lowered, _list(group.get("giayto")))
        ]
    question = CaseQuestion(key="case", text="Anh/chị thuộc trường hợp nào?", cases=tuple(cases))
    return tuple(papers), (question,) if asks else ()


def _paper(entry: Mapping[str, Any], heading: str, case: str) -> Paper:
    originals, copies = _count(entry, "sobanchinh"), _count(entry, "sobansao")
    url = page_url(_text(entry, "url"))
    counted = originals or copies
    return Paper(
        name=_text(entry, "tengiayto"),
        use=PaperUse.SUBMIT if counted or originals is None else PaperUse.NOTE,
        condition="" if case else heading,
        cases=(case,) if case else (),
        originals=originals or None,
        copies=copies or None,
        form=Link(title=_text(entry, "tenmaudon") or "Mẫu", url=url) if url else None,
    )


def _steps(raw: object) -> Iterable[str]:
    for group in map(_lowered, _list(raw)):
        for step in _list(group.get("trinhtu")):
            yield from read_lines(
                step if isinstance(step, str) else _text(_lowered(step), "trinhtu", "mota")
            )


def _legal(raw: object) -> Iterable[LegalDocument]:
    for entry in map(_lowered, _list(raw)):
        number = _text(entry, "sovanban")
        if number:
            yield LegalDocument(number=number, title=_text(entry, "tenvanban"))


def _decision(record: Mapping[str, Any]) -> Decision | None:
    number, _ = read_decision(_text(record, "soquyetdinh"))
    return Decision(number=number, date=_date(_text(record, "ngayquyetdinh"))) if number else None


def _audience(record: Mapping[str, Any]) -> tuple[str, ...]:
    raw = record.get("doituongthuchien")
    if isinstance(raw, list):
        return tuple(filter(None, (_named(one) for one in raw)))
    return read_audience(raw if isinstance(raw, str) else _text(record, "motadoituongthuchien"))


def _entries(raw: object) -> list[object]:
    if isinstance(raw, list):
        return raw
    if isinstance(raw, dict):
        for key, value in raw.items():
            if key.casefold() in _WRAPPERS and isinstance(value, list | dict):
                return _entries(value)
        return [raw]
    return []


def _codes(raw: object) -> list[str]:
    if isinstance(raw, str):
        return [one.strip() for one in raw.replace(";", ",").split(",") if one.strip()]
    return [code for one in _list(raw) if (code := _scalar(one, "matthc"))]


def _named(raw: object) -> str:
    """A name that may come as a text, an object with a TEN… key, or a list of either."""
    if isinstance(raw, list):
        return "; ".join(filter(None, dict.fromkeys(_named(one) for one in raw)))
    if isinstance(raw, dict):
        return next(
            (str(value) for key, value in raw.items() if key.casefold().startswith("ten")), ""
        )
    return read_text(str(raw)) if raw else ""


def _scalar(raw: object, *keys: str) -> str:
    return _text(_lowered(raw), *keys) if isinstance(raw, dict) else str(raw)


def _count(entry: Mapping[str, Any], key: str) -> int | None:
    text = _text(entry, key)
    return int(text) if text.isdigit() else None


def _date(text: str) -> dt.date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text[:10], form).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    return None


def _list(raw: object) -> list[Any]:
    if raw is None or raw == "":
        return []
    return raw if isinstance(raw, list) else [raw]


def _lowered(raw: object) -> dict[str, Any]:
    return (
        {str(key).casefold(): value for key, value in raw.items()} if isinstance(raw, dict) else {}
    )


def _text(record: Mapping[str, Any], *keys: str) -> str:
    for key in keys:
        value = record.get(key)
        if value not in (None, ""):
            return " ".join(str(value).split()) if not isinstance(value, list | dict) else ""
    return ""


def _error(file: str, row: int, field: str, message: str, advice: str) -> Reading:
    problem = Problem(
        rule="broken-record",
        severity=Severity.ERROR,
        file=file,
        row=row,
        field=field,
        message=message,
        advice=advice,
    )
    return Reading(problems=(problem,))
