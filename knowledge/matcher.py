"""From a question to one of three honest outcomes: answer, clarify, unknown.

`Matcher` is the seam: the dialogue knows nothing else. `LexicalMatcher` finds candidates in an
inverted index of names and aliases and weighs them by how much of the question they explain.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rapidfuzz import fuzz

from knowledge.facets import Facet, asked_facets
from knowledge.index import Hit, Index
from knowledge.lexicon import Lexicon, shipped_lexicon
from knowledge.model import Procedure, ProcedureCode
from knowledge.text import accents_by_word, words

CHOICES = 5
"""A clarifying question offers two to this many procedures."""

CANDIDATES = 10
"""How many candidates a match reports, chosen and rejected."""

_CODE = re.compile(r"(?<![\d.])[1-6]\.\d{6}(?!\d)")
_SURE = 0.62  # least confidence to answer outright
_EXPLAINED = 0.45  # least share of the question, by weight, that an outright answer explains
_NAMED = 0.4  # least share of the name, by weight, that such an answer needs: "quên" is no name
_PLAUSIBLE = 0.46  # least confidence to be offered as a choice
_OTHER_ACCENT = 0.35  # what a shared word counts for when it was typed with other accents
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Weighed:
    """A candidate, and how question and name cover each other.

    `explained`: the share of the question, by weight, that the name holds; `named`: the share of
    the name that was asked; `is_whole_name`: both have the same words.
    """

    code: ProcedureCode
    confidence: float
    explained: float
    named: float
    is_whole_name: bool


class LexicalMatcher:
    """Folded words and pairs over names and aliases, checked with rapidfuzz."""

    def __init__(self, procedures: Iterable[Procedure], lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon or shipped_lexicon()
        procedures = tuple(procedures)
        self._codes = frozenset(procedure.code for procedure in procedures)
        self._index = Index(procedures, ignored=self._lexicon.filler_words)

    def match(self, question: str) -> Match:
        asked = asked_facets(" ".join(self._spelled_out(words(question))))
        codes = [code for code in _CODE.findall(question) if code in self._codes]
        if codes:
            return _named(tuple(dict.fromkeys(codes)), asked.facets)
        accents = accents_by_word(question)
        readings = self._readings(asked.rest, accents)
        if not readings:
            return Match(outcome=Outcome.UNKNOWN, facets=asked.facets, is_bare=True)
        best: dict[ProcedureCode, _Weighed] = {}
        for query in readings:
            hits = self._index.search(query)
            for hit in hits:
                weighed = self._weigh(hit, query, accents, hits[0].score)
                known = best.get(weighed.code)
                if known is None or weighed.confidence > known.confidence:
                    best[weighed.code] = weighed
        ranked = sorted(best.values(), key=lambda one: (-one.confidence, one.code))[:CANDIDATES]
        outcome, choices = _decide(ranked)
        return Match(
            outcome=outcome,
            candidates=tuple(Candidate(code=one.code, confidence=one.confidence) for one in ranked),
            choices=choices,
            facets=asked.facets,
        )

    def _spelled_out(self, folded: Sequence[str]) -> list[str]:
        return [full for word in folded for full in self._lexicon.abbreviations.get(word, (word,))]

    def _readings(self, rest: str, accents: Mapping[str, set[str]]) -> list[list[str]]:
        """The words to look for, courtesy taken off: as said, and with sayings as what they mean.

        Both are tried: an alias may hold the saying itself, an official name never does.
        """
        bare = " ".join(self._lexicon.filler_phrases.sub(" ", rest).split()).removeprefix("con ")
        said = bare
        meant: list[str] = []
        for saying in self._lexicon.sayings:
            found = saying.pattern.search(bare)
            if not found or not saying.is_meant(found[0], accents):
                continue
            if not set(saying.means) <= set(bare.split()):
                meant.extend(saying.means)
                bare = saying.pattern.sub(" ", bare)
        readings = [self._telling(said.split()), [*self._telling(bare.split()), *meant]]
        return [query for query in (readings if meant else readings[:1]) if query]

    def _telling(self, spoken: Iterable[str]) -> list[str]:
        return [word for word in spoken if word not in self._lexicon.filler_words]

    def _weigh(
        self, hit: Hit, query: Sequence[str], accents: Mapping[str, set[str]], best: float
    ) -> _Weighed:
        """How much of the question a name explains, how much of the name was asked, their rank.

        The weights were found by trial on labelled questions; only their order of size matters.
        """
        asked, named = set(query), set(hit.phrase.words)
        shared = sum(
            self._index.rarity(word)
            * (1.0 if accents.get(word, set()) <= hit.phrase.accented else _OTHER_ACCENT)
            for word in asked & named
        )
        of_question = shared / (sum(self._index.rarity(word) for word in asked) or 1)
        of_name = shared / (sum(self._index.rarity(word) for word in named) or 1)
        likeness = fuzz.token_set_ratio(" ".join(query), " ".join(hit.phrase.words)) / 100
        confidence = (
            0.45 * of_question + 0.3 * of_name + 0.05 * likeness + 0.2 * hit.score / (best or 1)
        )
        return _Weighed(
            code=hit.code,
            confidence=round(min(confidence, 1.0), 4),
            explained=round(of_question, 2),
            named=round(of_name, 2),
            is_whole_name=asked == named,
        )


def _named(codes: Sequence[ProcedureCode], facets: tuple[Facet, ...]) -> Match:
    """What a question means that names procedures by their codes: one, or several to choose."""
    told = tuple(Candidate(code=code, confidence=1.0) for code in codes)
    if 1 < len(told) <= CHOICES:
        return Match(outcome=Outcome.CLARIFY, candidates=told, choices=len(told), facets=facets)
    return Match(outcome=Outcome.ANSWER, candidates=told, facets=facets)


def _decide(ranked: Sequence[_Weighed]) -> tuple[Outcome, int]:
    if not ranked or ranked[0].confidence < _PLAUSIBLE:
        return Outcome.UNKNOWN, 0
    best = ranked[0]
    second = ranked[1].confidence if len(ranked) > 1 else 0.0
    is_sure = best.confidence >= _SURE and best.explained >= _EXPLAINED and best.named >= _NAMED
    if is_sure and best.confidence - second >= _LEAD and not _is_vague(ranked):
        return Outcome.ANSWER, 0
    rivals = sum(
        one.confidence >= max(_PLAUSIBLE, best.confidence - 2.5 * _LEAD)
        for one in ranked[1:CHOICES]
    )
    if rivals:
        return Outcome.CLARIFY, rivals + 1
    if is_sure:
        return Outcome.ANSWER, 0
    if best.confidence >= _SURE and best.named >= _NAMED / 2 and len(ranked) > 1:
        return Outcome.CLARIFY, 2
    return Outcome.UNKNOWN, 0


def _is_vague(ranked: Sequence[_Weighed]) -> bool:
    """One word that two procedures hold and neither is called: "chứng thực" alone is no name."""
    if len(ranked) < 2 or ranked[0].is_whole_name:
        return False
    return ranked[0].explained == ranked[1].explained == 1.0
