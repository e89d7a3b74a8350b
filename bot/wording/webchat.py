"""The web chat's own sentences: labels and hints around the conversation."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from bot.messages import Language
from bot.wording import load_wording


@dataclass(frozen=True, kw_only=True, slots=True)
class WebchatWording:
    """One field, one sentence."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    title: str
    office: str
    skip: str
    log_label: str
    input_label: str
    placeholder: str
    send: str
    you: str
    desk: str
    print_list: str
    source: str
    open_source: str
    exits_label: str
    forget: str
    forget_ask: str
    privacy: str
    welcome: str
    welcome_hint: str
    examples: tuple[str, ...]
    thinking: str
    offline: str
    busy: str
    error_title: str
    error_text: str
    not_found_text: str
    too_large_text: str
    refused_text: str
    reference: str
    back: str
    photo_label: str
    photo_send: str
    photo_said: str
    photo_reading: str
    photo_offline: str
    receipt_title: str
    receipt_text: str
    receipt_open: str
    receipt_telegram: str


@cache
def webchat_wording(language: Language) -> WebchatWording:
    """The web chat's sentences in one language."""
    return load_wording(WebchatWording, "webchat", language)
