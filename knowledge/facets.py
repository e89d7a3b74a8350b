"""Which aspect of a procedure a question asks for, and what is left of it without that."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple


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


_LONG = 40  # characters of a question that tells something before it asks
_CLOSING = 16  # characters from the end within which a question of that length is asked

_ASKING = 5  # words that may ask for an aspect without naming anything


class _Hit(NamedTuple):
    start: int
    end: int
    facet: Facet


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """`facets` in the order of the question, empty when none is named.

    `rest` is the folded text to look for, `bare` what is left of it without any asking word: when
    nothing telling is left there, the question names no procedure.
    """

    facets: tuple[Facet, ...]
    rest: str
    bare: str


_Patterns = tuple[tuple[Facet, re.Pattern[str]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rules:
    """`plain` and `otherwise` are taken off a question, `noticed` and `last` leave it whole.

    `otherwise` and `last` count, in this order, only where nothing else asks for an aspect.
    """

    plain: _Patterns
    noticed: _Patterns
    otherwise: _Patterns
    last: _Patterns


@cache
def _rules() -> _Rules:
    text = (files("knowledge.lexicon") / "facets.toml").read_text("utf-8")
    groups = tomllib.loads(text)
    apart = {name: _compiled(groups.pop(name)) for name in ("noticed", "otherwise", "last")}
    return _Rules(plain=_compiled(groups), **apart)


def _compiled(groups: Mapping[str, list[str]]) -> _Patterns:
    return tuple(
        (Facet(name), re.compile("|".join(f"(?:{one})" for one in expressions)))
        for name, expressions in groups.items()
    )


def asked_facets(folded: str) -> Asked:
    """Find the aspects named in folded text (`text.fold`, single spaces).

    A long question tells before it asks: what is merely noticed counts there only at its end.
    """
    rules = _rules()
    plain, noticed = _hits(folded, rules.plain), _hits(folded, rules.noticed)
    taken_off = rules.plain if plain or noticed else rules.otherwise
    if len(folded) > _LONG:
        closing = [hit for hit in noticed if len(folded) - hit.end <= _CLOSING]
        asked = plain + closing or noticed
    else:
        asked = plain + noticed
    asked = asked or _hits(folded, rules.otherwise) or _hits(folded, rules.last)
    rest = folded
    for _, pattern in taken_off:
        rest = pattern.sub(" ", rest)
    bare = rest
    for _, pattern in rules.noticed:
        bare = pattern.sub(_unless_it_tells, bare)
    facets = dict.fromkeys(hit.facet for hit in sorted(asked))
    return Asked(facets=tuple(facets), rest=" ".join(rest.split()), bare=" ".join(bare.split()))


def _unless_it_tells(asking: re.Match[str]) -> str:
    """Nothing for asking words alone; a longer stretch holds words of a procedure as well."""
    return " " if len(asking[0].split()) <= _ASKING else asking[0]


def _hits(folded: str, patterns: _Patterns) -> list[_Hit]:
    """Where each aspect is asked first."""
    found = ((pattern.search(folded), facet) for facet, pattern in patterns)
    return [_Hit(hit.start(), hit.end(), facet) for hit, facet in found if hit]
