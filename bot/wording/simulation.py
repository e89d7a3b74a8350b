"""What the page says on which the channels are tried without an account."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from bot.messages import Language
from bot.wording import load_wording


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulationWording:
    """One field, one sentence. `deeds` and `notes` are keyed by their names in the page."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    title: str
    about: str
    phone_label: str
    chats_label: str
    group_hint: str
    empty: str
    log_label: str
    write: str
    placeholder: str
    send: str
    opening: str
    gone: str
    impossible: str
    tries: str
    deeds_title: str
    own_phone: str
    menu: str
    edited: str
    submit: str
    wire_title: str
    wire_about: str
    inward: str
    outward: str
    no_answer: str
    headers: str
    sent: str
    answered: str
    other_language: str
    deeds: dict[str, str]
    notes: dict[str, str]


@cache
def simulation_wording(language: Language) -> SimulationWording:
    """The page's sentences in one language."""
    return load_wording(SimulationWording, "simulation", language)
