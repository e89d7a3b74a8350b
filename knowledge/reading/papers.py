"""Rows of a record's documents to papers: what to submit, to show, in which case, and notes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.model import Case, CaseQuestion, Paper, PaperUse
from knowledge.text import fold, shorten

_FILE = re.compile(r"(?:[^.;:!?\n]|\.(?=\S)){0,80}\.(?:docx?|pdf|xlsx?|rar|zip)\s*$", re.IGNORECASE)
_GLUED_FILE = re.compile(
    r"(?<=[a-zà-ỹ.;:)”\"0-9])\s?(?=[A-ZĐ(])[^;:!?\n]{0,90}\.(?:docx?|pdf|xlsx?|rar|zip)\s*$"
)
_FILE_CELL = re.compile(r"\.(?:docx?|pdf|xlsx?|rar|zip)\b", re.IGNORECASE)
_QUANTITY = re.compile(
    r"^(?:(?P<glued>\d*?)(?P<originals>\d)\s*bản chính)?\s*,?\s*(?:(?P<copies>\d{1,2})\s*bản sao)?$"
)
_BULLET = re.compile(r"^(?:[-+*•–]\s*|\(?[a-zđ0-9]{1,2}[.)]\s+)+", re.IGNORECASE)
_REMARK = re.compile(
    r"^(?:truong hop|luu y|ghi chu|doi voi|neu |viec |nguoi |ca nhan |co quan |khi |cac giay to|"
    r"giay to (?:gui kem|nop|do co quan)|ho so (?:gom|nop)|ban chup|so luong)"
)
_CONDITIONAL = re.compile(
    r"^(?:Trường hợp|Nếu) (?P<when>[^.;:]{5,90}?),? (?:thì )?phải (?:có|nộp)(?: thêm)? "
    r"(?P<what>[^.]{5,250}\.?)$"
)
_CASE_OPENING = re.compile(
    r"^(?:[a-zđ]\)\s*|(?:trường hợp )?\d{1,2}\s*[.:)]\s*)?(?:thành phần hồ sơ (?:khi )?)?"
    r"(?:trường hợp|đối với(?: trường hợp)?)?\s*",
    re.IGNORECASE,
)
_LABEL_LIMIT = 60
_MOST_CASES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One row as the source has it."""

    name: str
    quantity: str | None
    heading: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadPapers:
    """The papers of a record; `repaired` are rows whose cells had run into each other."""

    papers: tuple[Paper, ...]
    questions: tuple[CaseQuestion, ...]
    repaired: int


def read_papers(rows: Sequence[Row]) -> ReadPapers:
    """Sort the rows into papers and notes, and their headings into cases or conditions."""
    headings = [_tidy_heading(row.heading) for row in rows]
    over_all = _heading_over_all(headings)
    if over_all:
        headings = [""] * len(rows)
    cases = _cases([heading for heading in headings if heading and _use_of(heading) is None])
    papers: list[Paper] = [Paper(name=over_all, use=PaperUse.NOTE)] if over_all else []
    repaired = 0
    for row, heading in zip(rows, headings, strict=True):
        paper, was_repaired = _paper(row, heading, cases)
        repaired += was_repaired
        if paper is not None:
            papers.append(paper)
    used = {key for paper in papers for key in paper.cases}
    question = CaseQuestion(
        key="case",
        text="Anh/chị thuộc trường hợp nào?",
        cases=tuple(case for case in cases.values() if case.key in used),
    )
    asks = len(question.cases) > 1
    if not asks:
        papers = [replace(paper, cases=()) for paper in papers]
    return ReadPapers(
        papers=tuple(dict.fromkeys(papers)),
        questions=(question,) if asks else (),
        repaired=repaired,
    )


def _heading_over_all(headings: Sequence[str]) -> str:
    """The one heading over every row: it tells no paper from another, so it is no condition."""
    distinct = set(headings)
    if len(distinct) != 1 or _use_of(headings[0]) is not None:
        return ""
    return headings[0]


def _paper(row: Row, heading: str, cases: dict[str, Case]) -> tuple[Paper | None, bool]:
    name, form_file = _without_file(row.name)
    originals, copies, glued, cell_is_file = _counts(row.quantity)
    if row.name.strip() == (row.heading or "").strip() and not (originals or copies):
        return None, True  # a piece of the steps that the export wrote into both cells
    if glued:
        name = f"{name}{'' if name.endswith(('/', '.')) else ' '}{glued}"
    name = _BULLET.sub("", name).strip(" ;,")
    repaired = bool(glued) or cell_is_file or bool(form_file)
    if not name:
        return None, repaired
    use = _use_of(heading) if heading else None
    counted = bool(originals or copies)
    is_note = use is PaperUse.NOTE or (_REMARK.match(fold(name)) is not None)
    if not counted and row.quantity and not cell_is_file and is_note:
        return Paper(name=name, use=PaperUse.NOTE), repaired
    if use is PaperUse.NOTE:
        use = PaperUse.SUBMIT if counted else PaperUse.NOTE
    case = cases.get(heading)
    condition = "" if case or use or not heading else heading
    conditional = _CONDITIONAL.match(name)
    if conditional and not condition:
        condition, name = (
            conditional[1].strip(" ,"),
            conditional[2][:1].upper() + conditional[2][1:],
        )
    return (
        Paper(
            name=name,
            use=use or PaperUse.SUBMIT,
            condition=condition,
            cases=(case.key,) if case else (),
            originals=originals,
            copies=copies,
            note=f"Mẫu: {form_file}" if form_file else "",
        ),
        repaired,
    )


def _cases(headings: Sequence[str]) -> dict[str, Case]:
    """Headings that are cases, when there are enough to choose from and few enough to show."""
    distinct = list(dict.fromkeys(headings))
    if not 2 <= len(distinct) <= _MOST_CASES:
        return {}
    cases: dict[str, Case] = {}
    labels: set[str] = set()
    for number, heading in enumerate(distinct, 1):
        label = shorten(_case_label(heading), _LABEL_LIMIT)
        if label in labels:
            label = shorten(f"{number}. {label}", _LABEL_LIMIT)
        labels.add(label)
        cases[heading] = Case(key=f"c{number}", label=label, description=heading)
    return cases


def _case_label(heading: str) -> str:
    label = _CASE_OPENING.sub("", heading)
    return label[:1].upper() + label[1:]


def _tidy_heading(heading: str | None) -> str:
    plain = " ".join((heading or "").split())
    plain = re.sub(r"^(?:\(?[\divxIVX]+(?:\.\d+)*[.)]\s*)+|^[*\-+•]\s*", "", plain)
    plain = re.sub(r"^[*\-+•]\s*", "", plain).strip(" :;.")
    return plain if fold(plain) not in {"thanh phan ho so", "thanh phan ho so, bao gom", ""} else ""


def _use_of(heading: str) -> PaperUse | None:
    folded = fold(heading)
    if folded.startswith(("luu y", "ghi chu")):
        return PaperUse.NOTE
    if "xuat trinh" in folded and len(folded) < 80:
        return PaperUse.SHOW
    if re.match(r"(?:cac )?giay to (?:phai )?nop|ho so (?:phai )?nop|nop truc tiep$", folded):
        return PaperUse.SUBMIT
    return None


def _without_file(name: str) -> tuple[str, str]:
    """Cut a form's file name off that the export glued to the end of the paper's name."""
    plain = " ".join(name.split())
    found = _GLUED_FILE.search(plain)
    if found is None and _FILE.fullmatch(plain):
        return plain, ""
    if found is None:
        return plain, ""
    rest = plain[: found.start()].rstrip(" ;")
    return (rest, found[0].strip()) if len(rest) > 5 else (plain, "")


def _counts(quantity: str | None) -> tuple[int | None, int | None, str, bool]:
    """Originals, copies, what of the name had slipped into the cell, whether it holds a file."""
    plain = " ".join((quantity or "").split())
    if _FILE_CELL.search(plain):
        return None, None, "", True
    found = _QUANTITY.match(plain)
    if found is None or not plain:
        return None, None, "", False
    glued = found["glued"] or ""
    originals = int(found["originals"]) if found["originals"] else None
    copies = int(found["copies"]) if found["copies"] else None
    if set(glued) <= {"0"}:
        glued = ""
    return originals or None, copies or None, glued, False
