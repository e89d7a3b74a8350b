"""Which aspect of a procedure a question asks for, and what is left of it without that."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Facet(StrEnum):
    """The aspects of a procedure; the order is the one in which a full answer tells them."""

    OVERVIEW = "overview"
    PAPERS = "papers"
    FEE = "fee"
    DURATION = "duration"
    WHERE = "where"
    ONLINE = "online"
    FORMS = "forms"
    STEPS = "steps"
    CONDITIONS = "conditions"
    RESULT = "result"
    LEGAL = "legal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """`facets` in the order of the question, empty when none is named; `rest` is folded text."""

    facets: tuple[Facet, ...]
    rest: str


_Patterns = tuple[tuple[Facet, re.Pattern[str]], ...]


@cache
def _patterns() -> tuple[_Patterns, _Patterns]:
    """What asks for an aspect, and what does only where nothing else in the question does."""
    text = (files("knowledge.lexicon") / "facets.toml").read_text("utf-8")
    groups = tomllib.loads(text)
    otherwise = groups.pop("otherwise")
    return _compiled(groups), _compiled(otherwise)


def _compiled(groups: Mapping[str, list[str]]) -> _Patterns:
    return tuple(
        (Facet(name), re.compile("|".join(f"(?:{one})" for one in expressions)))
        for name, expressions in groups.items()
    )


def asked_facets(folded: str) -> Asked:
    """Find the aspects named in folded text (`text.fold`, single spaces)."""
    plain, otherwise = _patterns()
    hits = _hits(folded, plain)
    patterns = plain if hits else otherwise
    rest = folded
    for _, pattern in patterns:
        rest = pattern.sub(" ", rest)
    return Asked(
        facets=tuple(dict.fromkeys(facet for _, facet in hits or _hits(folded, otherwise))),
        rest=" ".join(rest.split()),
    )


def _hits(folded: str, patterns: _Patterns) -> list[tuple[int, Facet]]:
    """Where each aspect is asked first, in the order of the question."""
    found = ((hit.start(), facet) for facet, pattern in patterns if (hit := pattern.search(folded)))
    return sorted(found, key=lambda hit: hit[0])
