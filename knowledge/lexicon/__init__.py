"""Everyday words as data: shortenings, sayings, courtesy, and how people ask for an aspect."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.text import accents_by_word, fold


@dataclass(frozen=True, kw_only=True, slots=True)
class Saying:
    """Phrases that people use for words of the catalogue, all folded.

    `accents`: how the words of the phrases are accented, where the lexicon says it; a question
    that accents them otherwise means something else ("cuối" is not "cưới").
    """

    pattern: re.Pattern[str]
    means: tuple[str, ...]
    accents: Mapping[str, set[str]]

    def is_meant(self, said: str, typed: Mapping[str, set[str]]) -> bool:
        """Whether the folded words `said` were typed with accents that fit, or with none."""
        return all(
            word not in self.accents or typed.get(word, set()) <= self.accents[word]
            for word in said.split()
        )


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
            Saying(
                pattern=_any_of([fold(phrase) for phrase in entry["say"]]),
                means=tuple(entry["means"].split()),
                accents=accents_by_word(" ".join(entry["say"])),
            )
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
