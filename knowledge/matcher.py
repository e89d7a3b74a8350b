"""From a question to one of three honest outcomes: answer, clarify, unknown.

`Matcher` is the seam: the dialogue knows nothing else. `LexicalMatcher` finds candidates in an
inverted index of names and aliases and weighs them by how much of the question they explain.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rapidfuzz import fuzz

from knowledge.facets import Facet, asked_facets
from knowledge.index import Hit, Index
from knowledge.lexicon import Lexicon, shipped_lexicon
from knowledge.model import Procedure, ProcedureCode
from knowledge.text import words

CHOICES = 5
"""A clarifying question offers two to this many procedures."""

CANDIDATES = 10
"""How many candidates a match reports, chosen and rejected."""

_SURE = 0.66  # least confidence to answer outright
_PLAUSIBLE = 0.44  # least confidence to be offered as a choice
_LEAD = 0.07  # how far the first must be ahead of the second to be answered alone


class Outcome(StrEnum):
    """What the matcher can honestly say."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A procedure and the confidence, 0 to 1, that it is what was meant."""

    code: ProcedureCode
    confidence: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """What was understood. `candidates` are best first, rejected ones included.

    With `CLARIFY`, the first `choices` candidates are offered. `is_bare`: the question names an
    aspect or nothing at all, and no procedure: it can only be about what was talked of before.
    """

    outcome: Outcome
    candidates: tuple[Candidate, ...] = ()
    choices: int = 0
    facets: tuple[Facet, ...] = ()
    is_bare: bool = False


class Matcher(Protocol):
    """Anything that understands a cleaned question (`text.clean`). Never raises, keeps no state."""

    def match(self, question: str) -> Match: ...


class LexicalMatcher:
    """Folded words and pairs over names and aliases, checked with rapidfuzz."""

    def __init__(self, procedures: Iterable[Procedure], lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon or shipped_lexicon()
        self._index = Index(procedures)

    def match(self, question: str) -> Match:
        asked = asked_facets(" ".join(self._spelled_out(words(question))))
        topic, query = self._topic(asked.rest)
        if not query:
            return Match(outcome=Outcome.UNKNOWN, facets=asked.facets, is_bare=True)
        hits = self._index.search(query)
        ranked = sorted(
            (self._candidate(hit, topic, query, hits[0].score) for hit in hits),
            key=lambda candidate: (-candidate.confidence, candidate.code),
        )[:CANDIDATES]
        outcome, choices = _decide(ranked)
        return Match(
            outcome=outcome, candidates=tuple(ranked), choices=choices, facets=asked.facets
        )

    def _spelled_out(self, folded: Sequence[str]) -> list[str]:
        return [full for word in folded for full in self._lexicon.abbreviations.get(word, (word,))]

    def _topic(self, rest: str) -> tuple[str, list[str]]:
        """The text without courtesy, and the words to look for: sayings become their meaning."""
        bare = " ".join(self._lexicon.filler_phrases.sub(" ", rest).split()).removeprefix("con ")
        meant: list[str] = []
        for saying in self._lexicon.sayings:
            found = saying.pattern.search(bare)
            if found and not set(saying.means) <= set(bare.split()):
                meant.extend(saying.means)
                bare = saying.pattern.sub(" ", bare)
        left = [word for word in bare.split() if word not in self._lexicon.filler_words]
        query = [*left, *meant]
        return " ".join(query), query

    def _candidate(self, hit: Hit, topic: str, query: list[str], best: float) -> Candidate:
        asked, named = set(query), set(hit.phrase.words)
        shared = sum(self._index.rarity(word) for word in asked & named)
        of_question = shared / (sum(self._index.rarity(word) for word in asked) or 1)
        of_name = shared / (sum(self._index.rarity(word) for word in named) or 1)
        likeness = fuzz.token_set_ratio(topic, " ".join(hit.phrase.words)) / 100
        confidence = (
            0.4 * of_question + 0.2 * of_name + 0.15 * likeness + 0.25 * hit.score / (best or 1)
        )
        return Candidate(code=hit.code, confidence=round(min(confidence, 1.0), 4))


def _decide(ranked: Sequence[Candidate]) -> tuple[Outcome, int]:
    if not ranked or ranked[0].confidence < _PLAUSIBLE:
        return Outcome.UNKNOWN, 0
    best = ranked[0].confidence
    rivals = sum(
        1
        for candidate in ranked[1:CHOICES]
        if candidate.confidence >= max(_PLAUSIBLE, best - 2 * _LEAD)
    )
    lead = best - (ranked[1].confidence if len(ranked) > 1 else 0.0)
    if rivals == 0 or lead >= _LEAD:
        return (
            (Outcome.ANSWER, 0) if best >= _SURE or rivals == 0 else (Outcome.CLARIFY, rivals + 1)
        )
    return Outcome.CLARIFY, rivals + 1
