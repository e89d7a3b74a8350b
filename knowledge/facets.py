"""Which aspect of a procedure a question asks for, and what is left of it without that."""

import re
import tomllib
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


@cache
def _patterns() -> tuple[tuple[Facet, re.Pattern[str]], ...]:
    text = (files("knowledge.lexicon") / "facets.toml").read_text("utf-8")
    return tuple(
        (Facet(name), re.compile("|".join(f"(?:{one})" for one in expressions)))
        for name, expressions in tomllib.loads(text).items()
    )


def asked_facets(folded: str) -> Asked:
    """Find the aspects named in folded text (`text.fold`, single spaces)."""
    hits = sorted(
        (
            (found.start(), facet)
            for facet, pattern in _patterns()
            if (found := pattern.search(folded))
        ),
        key=lambda hit: hit[0],
    )
    rest = folded
    for _, pattern in _patterns():
        rest = pattern.sub(" ", rest)
    return Asked(
        facets=tuple(dict.fromkeys(facet for _, facet in hits)), rest=" ".join(rest.split())
    )
