"""The sentences on a printed receipt."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from bot.messages import Language
from bot.wording import load_wording


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptWording:
    """One field, one sentence; braces name what is filled in."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    slip_title: str
    code_label: str
    procedure_label: str
    owner_label: str
    papers_label: str
    originals: str
    copies: str
    received_label: str
    due_label: str
    moment: str
    collect_label: str
    phone_label: str
    qr_caption: str
    follow_title: str
    follow_scan: str
    follow_web: str
    follow_telegram: str
    follow_proof: str
    follow_proof_or_secret: str
    secret_label: str
    secret_hint: str


@cache
def receipt_wording(language: Language) -> ReceiptWording:
    """The receipt's sentences in one language."""
    return load_wording(ReceiptWording, "receipts", language)
