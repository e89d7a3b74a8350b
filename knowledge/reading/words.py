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
_NOTHING = {"khong", "khong co", "khong quy dinh", "khong co thong tin", "khong yeu cau", ""}
_PAGE_RUBBISH = re.compile(r"Không có thông tin(?:Từ khóa|Mô tả|Chọn cơ quan).*$", re.DOTALL)
_STEP = re.compile(r"\n+|(?<=[.;:])\s+(?=(?:Bước|Buớc|B)\s*\d)|(?<=\.)\s+(?=[-+]\s)")
_STEP_MARK = re.compile(
    r"^(?:[-+*•–]\s*|(?:Bước|B)\s*\d+\s*[.:)\-]\s*|\(?[ivx\d]{1,4}[.)]\s+)+", re.IGNORECASE
)
_DECISION = re.compile(r"^(?:quyết định\s*)?(?:số\s*[:.]?\s*)?", re.IGNORECASE)
_DECISION_FORM = re.compile(r"^\d+[a-zA-Z]?/QĐ-[A-ZĐ][A-ZĐa-z0-9\-]*$")
_NUMBER = re.compile(r"^\d+(?:\.\d+)?/(?:\d{4}/)?[A-ZĐ][A-ZĐ0-9\-]*$")
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
    """The cited documents; a title only where the text has it right before its number.

    The portal runs titles and numbers together ("Luật Hộ tịch60/2014/QH13Nghị định …"), so what
    stands between one number's end and the next number is the next one's title, where both are in
    the list of codes and the title is of a sensible length.
    """
    plain = " ".join(text.split())
    places: list[tuple[int, int, str]] = []
    for code in codes:
        start = plain.find(code)
        while start != -1:
            end = start + len(code)
            after = plain[end : end + 1]
            ends = not after or after.isspace() or after.isupper()
            if ends and start > 0 and not plain[start - 1].isspace():
                places.append((start, end, code))
                break
            start = plain.find(code, end)
    titles: dict[str, str] = {}
    before = 0
    for start, end, code in sorted(places):
        title = plain[before:start].strip(" .;,")
        before = end
        if 8 <= len(title) <= 300 and not any(_NUMBER.match(part) for part in title.split()[:1]):
            titles[code] = title
    return tuple(
        LegalDocument(number=code, title=titles.get(code, "")) for code in dict.fromkeys(codes)
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
