"""Published fee texts to fees. Doubt never becomes "free"."""

import re

from knowledge.model import Fee, FeeKind
from knowledge.text import fold

_PARTS = re.compile(r"\n+|;(?=\s*(?:Phí|Lệ phí|Miễn phí|\d))")
_LABEL = re.compile(r"^(?:Phí|Lệ phí|Phí, lệ phí)\s*:\s*", re.IGNORECASE)
_AMOUNT = re.compile(
    r"^(?P<number>[oO]|Không|\d{1,3}(?:[.,]\d{3})+|\d+)\s*"
    r"(?P<unit>Việt Nam Đồng|VNĐ|VND|đồng|Đồng|đ|USD|Euro|EUR)\b"
    r"(?:\s*/\s*(?P<per>[^()]{1,40}))?\s*"
    r"(?P<rest>.*)$",
    re.DOTALL,
)
_SAYS_NOTHING = re.compile(
    r"^(?:khong|khong co|khong quy dinh|chua quy dinh|khong thu|khong thu phi|khong thu le phi|"
    r"khong co thong tin|mien phi|0 dong|khong phai nop)$"
)
_FREE = re.compile(
    r"^(?:mien phi|khong co le phi|khong thu phi|khong thu le phi|khong mat phi|khong co|khong|"
    r"khong co phi|khong thu|khong thu phi, le phi)$"
)
_FOOTNOTE = re.compile(r"^\(?[\da-z]{1,2}\)$")
_RULE = re.compile(
    r"theo quy dinh|thong tu|nghi dinh|nghi quyet|hoi dong nhan dan|hdnd|uy ban nhan dan|"
    r"bieu (?:muc )?(?:thu )?phi|quyet dinh|muc thu|phu luc"
)
_SET_ELSEWHERE = re.compile(r"muc (?:thu )?(?:phi, )?le phi|muc thu|hoi dong nhan dan|hdnd")
_PER = re.compile(r"^/\s*[^;.(]{1,40}$")
_LEAST_DONG = 500  # no fee is smaller: "135 VNĐ" stands for 135.000 đồng, or for something else
_CURRENCY = {"USD": "USD", "Euro": "EUR", "EUR": "EUR"}


def read_fees(text: str | None) -> tuple[tuple[Fee, ...], bool]:
    """The fees of one cell, and whether all of it was understood.

    Never raises. A footnote mark without its footnote ("(1)") is no fee and not understood.
    """
    fees: list[Fee] = []
    understood = True
    for part in _PARTS.split(text or ""):
        plain = part.strip()
        if not plain:
            continue
        fee, is_clear = _read_one(plain)
        understood = understood and is_clear
        if fee is not None and fee not in fees:
            fees.append(fee)
    return tuple(fees), understood


def weigh_note(fees: tuple[Fee, ...], note: str) -> tuple[Fee, ...]:
    """The fees of a channel beside whose "Miễn phí" a note has the council set an amount.

    Such a record contradicts itself: no one is told "free" on the strength of half of it.
    """
    is_free = bool(fees) and all(fee.kind is FeeKind.FREE for fee in fees)
    if is_free and _SET_ELSEWHERE.search(fold(note)):
        return (Fee(kind=FeeKind.CONFLICT, text="Miễn phí (xem ghi chú)"),)
    return fees


def _read_one(text: str) -> tuple[Fee | None, bool]:
    bare = _LABEL.sub("", text).strip()
    folded = " ".join(fold(bare).strip(" .").split())
    if _FOOTNOTE.match(folded):
        return None, False
    if _FREE.match(folded):
        return Fee(kind=FeeKind.FREE, text="Miễn phí"), True
    if folded.startswith("mien phi"):
        return _free_with_note(bare)
    amount = _AMOUNT.match(bare)
    if amount:
        fee = _amount(amount)
        return fee, fee.kind is not FeeKind.CONFLICT
    if _RULE.search(folded):
        return Fee(kind=FeeKind.BY_RULE, text=_unwrapped(bare)), True
    return Fee(kind=FeeKind.CONFLICT, text=bare), False


def _free_with_note(text: str) -> tuple[Fee | None, bool]:
    note = _unwrapped(text[len("Miễn phí") :].strip(" .:"))
    folded = " ".join(fold(note).strip(" .-").split())
    if not folded or _SAYS_NOTHING.match(folded):
        return Fee(kind=FeeKind.FREE, text="Miễn phí"), True
    if _FOOTNOTE.match(folded) or re.fullmatch(r"[\da-z]{1,2}", folded):
        return Fee(kind=FeeKind.CONFLICT, text=text), False
    if re.match(r"khong thu (?:phi|le phi)", folded):
        return Fee(kind=FeeKind.FREE, text=note), True
    return Fee(kind=FeeKind.CONFLICT, text=text), False


def _amount(found: re.Match[str]) -> Fee:
    number = found["number"]
    amount = int(re.sub(r"\D", "", number) or 0)
    per, note = (found["per"] or "").strip(" ."), _unwrapped(found["rest"].strip(" .;"))
    if not per and _PER.match(note):
        per, note = note.strip("/ "), ""
    if amount == 0 and not note:
        return Fee(kind=FeeKind.FREE, text="Miễn phí")
    if amount < _LEAST_DONG and found["unit"] not in _CURRENCY:
        return Fee(kind=FeeKind.CONFLICT, text=found[0].strip())
    return Fee(
        kind=FeeKind.AMOUNT,
        amount=amount,
        currency=_CURRENCY.get(found["unit"], "VND"),
        per=per,
        text=note,
    )


def _unwrapped(text: str) -> str:
    """Take off one pair of brackets around the whole, and what dangles at the ends."""
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and _closes_at_end(text):
        text = text[1:-1].strip()
    return text.strip(" ;")


def _closes_at_end(text: str) -> bool:
    depth = 0
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return place == len(text) - 1
    return False
