"""The sentences that only Zalo needs, around the replies of the desk."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from bot.messages import Language
from bot.wording import load_wording


@dataclass(frozen=True, kw_only=True, slots=True)
class ZaloWording:
    """One field, one sentence."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    choose: str
    choose_or: str
    exits: str
    repeat: str
    proof_title: str
    proof_text: str
    own_data_name: str
    own_data_item: str
    own_data_value: str
    own_data_kept: str
    own_data_failed: str


@cache
def zalo_wording(language: Language) -> ZaloWording:
    """Zalo's sentences in one language."""
    return load_wording(ZaloWording, "zalo", language)
