"""An immutable inverted index over the names of procedures: folded words and word pairs, BM25."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge.model import Level, Procedure, ProcedureCode
from knowledge.text import accented_words, words

_K1 = 1.2
_B = 0.5  # names are short: their length says less than in prose
_UNKNOWN_WEIGHT = 0.6  # a word that no name holds may be a slip, or about something else
_PAIR_WEIGHT = 0.6  # a pair of neighbours counts beside its two words

_LEVEL_WEIGHT = {
    Level.COMMUNE: 1.12,
    Level.PROVINCE: 1.04,
    Level.OTHER: 1.0,
    Level.DISTRICT: 1.0,
    Level.MINISTRY: 0.92,
}
"""People ask a commune's desk; a procedure that only a ministry handles is rarely meant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """One way of naming a procedure: its name, its short name, or an alias."""

    code: ProcedureCode
    words: tuple[str, ...]
    accented: frozenset[str]
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A procedure found, by its best phrase. `score` grows with likeness; only its order counts."""

    code: ProcedureCode
    score: float
    phrase: Phrase


class Index:
    """Built once from a revision's procedures and never changed; building is a second's work."""

    def __init__(
        self, procedures: Iterable[Procedure], ignored: frozenset[str] = frozenset()
    ) -> None:
        self._phrases: list[Phrase] = []
        self._postings: dict[str, list[tuple[int, float]]] = {}
        self._rarity: dict[str, float] = {}
        for procedure in procedures:
            self._phrases.extend(_phrases_of(procedure, ignored))
        self._build()

    def __len__(self) -> int:
        return len(self._phrases)

    def rarity(self, word: str) -> float:
        """How much a word or a pair tells (BM25's idf); unknown words tell the most."""
        return self._rarity.get(word, self._unknown_rarity)

    def search(self, query: Sequence[str], limit: int = 40) -> list[Hit]:
        """The best procedures for folded words, best first; equal scores in order of code."""
        scores: defaultdict[int, float] = defaultdict(float)
        for term in dict.fromkeys(terms(query)):
            rarity = self._rarity.get(term)
            if rarity is None:
                continue
            for position, weight in self._postings[term]:
                scores[position] += rarity * weight
        best: dict[ProcedureCode, Hit] = {}
        for position, score in scores.items():
            phrase = self._phrases[position]
            weighted = score * phrase.weight
            known = best.get(phrase.code)
            if known is None or weighted > known.score:
                best[phrase.code] = Hit(code=phrase.code, score=weighted, phrase=phrase)
        return sorted(best.values(), key=lambda hit: (-hit.score, hit.code))[:limit]

    def _build(self) -> None:
        counts = [Counter(terms(phrase.words)) for phrase in self._phrases]
        average = sum(len(phrase.words) for phrase in self._phrases) / max(1, len(self._phrases))
        holders = Counter(term for count in counts for term in count)
        total = len(self._phrases)
        self._rarity = {
            term: math.log(1 + (total - held + 0.5) / (held + 0.5))
            * (_PAIR_WEIGHT if " " in term else 1.0)
            for term, held in holders.items()
        }
        self._unknown_rarity = _UNKNOWN_WEIGHT * math.log(1 + (total + 0.5) / 0.5)
        postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for position, count in enumerate(counts):
            length = 1 - _B + _B * len(self._phrases[position].words) / (average or 1)
            for term, times in count.items():
                postings[term].append((position, times * (_K1 + 1) / (times + _K1 * length)))
        self._postings = dict(postings)


def terms(folded: Sequence[str]) -> list[str]:
    """Words and pairs of neighbours, the unit of the index."""
    return [
        *folded,
        *(f"{first} {second}" for first, second in pairwise(folded)),
    ]


def _phrases_of(procedure: Procedure, ignored: frozenset[str]) -> Iterable[Phrase]:
    weight = max((_LEVEL_WEIGHT[level] for level in procedure.levels), default=1.0)
    seen: set[tuple[str, ...]] = set()
    for text in (procedure.name, procedure.short_name, *procedure.aliases):
        named = words(text.removeprefix("Thủ tục "))
        folded = tuple(word for word in named if word not in ignored)
        if folded and folded not in seen:
            seen.add(folded)
            accented = frozenset(accented_words(text))
            yield Phrase(code=procedure.code, words=folded, accented=accented, weight=weight)
