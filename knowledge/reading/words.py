"""Levels, audiences, steps, laws and decisions as records spell them."""

import json
import re
import unicodedata
from collections.abc import Sequence

from knowledge.model import LegalDocument, Level
from knowledge.text import fold

_LEVELS = (
    (re.compile(r"\bbo\b|trung uong|quoc gia"), Level.MINISTRY),
    (re.compile(r"\btinh\b"), Level.PROVINCE),
    (re.compile(r"\bhuyen\b"), Level.DISTRICT),
    (re.compile(r"\bxa\b"), Level.COMMUNE),
    (re.compile(r"co quan khac"), Level.OTHER),
)
_ANY_NUMBER = re.compile(
    r"(?<=[^\s\d/])(?<!\d\.)"
    r"\d{1,5}(?:\.\d+)?/(?:\d{4}/)?(?:NĐ-CP|NQ-CP|QH\d{2}|UBTVQH\d{2}|"
    r"[A-ZĐ][A-ZĐ0-9\-]*?(?=[A-ZĐ]?[^\WA-ZĐ\d_]|[^\w\-]|$))"
)
_GLUE = re.compile(r"(?:(?<!\d)\.|[^\s\d/.]|(?<!\d)20\d\d)\Z")
_LEADING_NUMBER = re.compile(
    r"(?:(?:Bộ )?Luật|Nghị định|Nghị quyết|Thông tư(?: liên tịch)?|Quyết định|Pháp lệnh)"
    r"(?: số)?:? (\d{1,5}(?:\.\d+)?/[\w./\-]*\w)",
    re.IGNORECASE,
)
_TOO_HIGH = re.compile(r"\d{4,}/\d{4}/(?:QH\d|NĐ-CP|NQ-CP|TT-|TTLT-|NQ-HĐND)")
"""Laws, decrees and circulars are numbered from 1 each year and never reach a thousand."""

_TWO_DOCUMENTS = re.compile(r"/[A-ZĐ\d\-]+ (?:Nghị|Thông|Luật|Quyết|Bộ luật)\b")
_NOTHING = {"khong", "khong co", "khong quy dinh", "khong co thong tin", "khong yeu cau", ""}
_PAGE_RUBBISH = re.compile(r"Không có thông tin(?:Từ khóa|Mô tả|Chọn cơ quan).*$", re.DOTALL)
_STEP = re.compile(r"\n+|(?<=[.;:])\s+(?=(?:Bước|Buớc|B)\s*\d)|(?<=\.)\s+(?=[-+]\s)")
_STEP_MARK = re.compile(
    r"^(?:[-+*•–]\s*|(?:Bước|B)\s*\d+\s*[.:)\-]\s*|\(?[ivx\d]{1,4}[.)]\s+)+", re.IGNORECASE
)
_DECISION = re.compile(r"^(?:quyết định\s*)?(?:số\s*[:.]?\s*)?", re.IGNORECASE)
_DECISION_FORM = re.compile(r"^\d+[a-zA-Z]?/QĐ-[A-ZĐ][A-ZĐa-z0-9\-]*$")
_AUDIENCE = re.compile(r"[,;\n]\s*(?![^(]*\))")


def read_levels(text: str | None) -> tuple[Level, ...]:
    """The levels named, from the ministry down."""
    folded = fold(text or "")
    return tuple(level for pattern, level in _LEVELS if pattern.search(folded))


def read_lines(text: str | None) -> tuple[str, ...]:
    """Steps or conditions as separate sentences; nothing where the cell says "Không có"."""
    plain = _PAGE_RUBBISH.sub("", _decoded(text or "")).strip()
    if " ".join(fold(plain).strip(" .").split()) in _NOTHING:
        return ()
    lines = (_STEP_MARK.sub("", part).strip(" ;\"'") for part in _STEP.split(plain))
    return tuple(line[:1].upper() + line[1:] for line in lines if len(line) > 1)


def read_audience(text: str | None) -> tuple[str, ...]:
    """Who may apply, split at commas outside brackets."""
    parts = (" ".join(part.split()) for part in _AUDIENCE.split(text or ""))
    return tuple(dict.fromkeys(part for part in parts if part))


def read_text(text: str | None) -> str:
    """One line of text; empty where the cell says that there is nothing."""
    plain = unicodedata.normalize("NFC", " ".join(_decoded(text or "").split()))
    return "" if fold(plain).strip(" .") in _NOTHING - {"khong"} else plain


def read_decision(text: str | None) -> tuple[str, bool]:
    """The decision's number without decoration, and whether it has the form of one."""
    plain = _DECISION.sub("", " ".join((text or "").split())).strip(" .")
    plain = re.sub(r"\s*/\s*", "/", plain).replace("QD-", "QĐ-").replace("./", "/")
    return plain, bool(_DECISION_FORM.match(plain))


def read_legal_basis(codes: Sequence[str], text: str) -> tuple[LegalDocument, ...]:
    """The cited documents; a title only where it is certain which number it belongs to.

    The portal runs titles and numbers together ("Luật Hộ tịch60/2014/QH13Nghị định …"): each title
    stands before its number, and the number is glued to its end. Numbers that the list of codes
    lacks, and some that are cut, part titles too. A title that still holds a seam, or begins with
    another document's number, is left out: a wrong title is worse than none. So is a number that
    ran into the year before it ("Luật Cư trú 202068/2020/QH14") and cannot be told apart again.
    """
    plain = " ".join(text.split())
    codes = [right for code in codes if (right := _right_number(code, plain))]
    titles: dict[str, str] = {}
    before = 0
    for start, (end, code) in sorted(_partings(plain, codes).items()):
        if start < before:
            continue
        title, before = plain[before:start].strip(" .;,:"), end
        if code and code not in titles and _is_title_of(title, code):
            titles[code] = title
    return tuple(
        LegalDocument(number=code, title=titles.get(code, "")) for code in dict.fromkeys(codes)
    )


def _partings(text: str, codes: Sequence[str]) -> dict[int, tuple[int, str]]:
    """Where a number is glued to a title: its start, its end, and the listed code it is, if any."""
    found = {one.start(): (one.end(), "") for one in _ANY_NUMBER.finditer(text)}
    for code in sorted(set(codes), key=len):
        start = text.find(code)
        while start != -1:
            end = start + len(code)
            if _GLUE.search(text, max(0, start - 5), start) and not text[end : end + 1].isdigit():
                found[start] = (end, code)
            start = text.find(code, end)
    return found


def _right_number(code: str, text: str) -> str:
    """The number without digits of the title before it; empty where that cannot be told."""
    if not _TOO_HIGH.match(code):
        return code
    rest = code.lstrip("0123456789")
    run = re.search(rf"(?:19|20)\d{{2}}(\d{{1,3}}){re.escape(rest)}", text)
    return f"{run[1]}{rest}" if run and code.endswith(f"{run[1]}{rest}") else ""


def _is_title_of(title: str, code: str) -> bool:
    named = _LEADING_NUMBER.match(title)
    if named and (named[1] != code or len(title) < len(named[0]) + 8):
        return False
    if not title[:1].isalpha() or title.startswith("của ") or _TWO_DOCUMENTS.search(title):
        return False
    return 8 <= len(title) <= 400 and not _has_seam(title)


def _has_seam(text: str) -> bool:
    """Whether two texts run into each other: "côngLuật", "58Quy", "NĐ-CPSửa"."""
    return any(
        first.isalnum() and second.isupper() and third.islower()
        for first, second, third in zip(text, text[1:], text[2:], strict=False)
    )


def page_url(text: str | None) -> str:
    """The address of a page, or nothing: some records hold a file's name instead."""
    plain = (text or "").strip()
    return plain if re.fullmatch(r"https?://[^\s()<>\"]+", plain) else ""


def _decoded(text: str) -> str:
    """Some cells are themselves quoted, with line breaks written out."""
    plain = text.strip()
    if plain.startswith('"') and plain.endswith('"') and "\\n" in plain:
        try:
            decoded = json.loads(plain)
        except json.JSONDecodeError:
            return plain.strip('"').replace("\\n", "\n")
        return decoded if isinstance(decoded, str) else plain
    return plain.replace("\\n", "\n")
