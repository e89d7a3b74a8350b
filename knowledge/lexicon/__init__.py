"""Everyday words as data: shortenings, sayings, courtesy, and how people ask for an aspect."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Saying:
    """Folded phrases that people use for folded words of the catalogue."""

    pattern: re.Pattern[str]
    means: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    """All of it, ready to use; every entry is folded."""

    abbreviations: dict[str, tuple[str, ...]]
    sayings: tuple[Saying, ...]
    filler_words: frozenset[str]
    filler_phrases: re.Pattern[str]


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon that is part of this package."""
    fillers = _read("fillers")
    return Lexicon(
        abbreviations={
            short: tuple(full.split())
            for short, full in _read("abbreviations")["abbreviations"].items()
        },
        sayings=tuple(
            Saying(pattern=_any_of(entry["say"]), means=tuple(entry["means"].split()))
            for entry in _read("everyday")["word"]
        ),
        filler_words=frozenset(fillers["words"]),
        filler_phrases=_any_of(fillers["phrases"]),
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((files("knowledge.lexicon") / f"{name}.toml").read_text("utf-8"))


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
