"""Telegram's own sentences: the button that shares a phone, the menu, the bot's description."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from bot.messages import Language
from bot.wording import load_wording


@dataclass(frozen=True, kw_only=True, slots=True)
class TelegramWording:
    """One field, one sentence. `commands` is keyed by the commands of the menu."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    share_phone: str
    share_phone_hint: str
    proof_placeholder: str
    nothing: str
    description: str
    short_description: str
    commands: dict[str, str]


@cache
def telegram_wording(language: Language) -> TelegramWording:
    """Telegram's sentences in one language."""
    return load_wording(TelegramWording, "telegram", language)
