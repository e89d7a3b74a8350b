"""An immutable index over what procedures are called, in arrays: phrases, and all of a procedure.

Two views of the same words. A *phrase* is one way of naming a procedure: its name, its short
name, an alias, a saying of the lexicon. A *heap* is everything said of one procedure at once.
Both are searched by folded words and pairs of neighbours, weighed by how few procedures hold them.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from knowledge.text import fold, place_tones, words

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

_K1 = 1.2
_B = 0.4  # a heap with many sayings is long because it is well known, not because it is vague
_PAIR_WEIGHT = 0.7  # a pair of neighbours counts beside its two words
_OTHER_ACCENT = 0.35  # what a shared word counts for when it was typed with other accents


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrase:
    """One way of naming the procedure at place `owner`; `is_name`: it is an official name."""

    owner: int
    text: str
    is_name: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What is looked for: folded words, with what each counts for (1 as typed, less if guessed).

    `accented`: the words typed with accents, by their folded form.
    """

    words: tuple[str, ...]
    weights: Mapping[str, float]
    accented: Mapping[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Scores of every phrase and procedure for one query.

    `likeness` (per phrase) is a cosine, 0 to 1. `covered` (per phrase) is the share of the phrase
    that was asked for. `heap` is BM25 over the whole of a procedure, as a share of the most that
    the query can reach. `explained` is the share of the query's words that a procedure holds
    anywhere, `agreed` the share of the accents typed that it confirms.
    """

    likeness: Floats
    covered: Floats
    heap: Floats
    explained: Floats
    agreed: Floats
    unknown: float
    """Share of the query, by weight, that no procedure holds."""


class _Postings:
    """For each term the places that hold it and what it counts for there."""

    def __init__(self, terms: Ints, places: Ints, values: Floats, terms_count: int) -> None:
        order = np.argsort(terms, kind="stable")
        self._places = places[order].astype(np.int32)
        self._values = values[order]
        self._starts = np.searchsorted(terms[order], np.arange(terms_count + 1))

    def add(self, term: int, factor: float, into: Floats) -> None:
        span = slice(self._starts[term], self._starts[term + 1])
        into[self._places[span]] += self._values[span] * np.float32(factor)

    def places(self, term: int) -> NDArray[np.int32]:
        return self._places[self._starts[term] : self._starts[term + 1]]


class Index:
    """Built once from phrases and never changed."""

    def __init__(self, phrases: Sequence[Phrase], owners: int) -> None:
        """`phrases` in the order of their owners, each owner 0 … `owners` - 1 with at least one."""
        self.owners = owners
        self.phrases = tuple(phrases)
        self._vocabulary: dict[str, int] = {}
        split = [words(phrase.text) for phrase in phrases]
        self.folded = tuple(map(" ".join, split))
        folded = [[self._number(word) for word in row] for row in split]
        lengths = np.array([len(row) for row in folded], dtype=np.int64)
        flat = np.fromiter(chain.from_iterable(folded), dtype=np.int64, count=int(lengths.sum()))
        place = np.repeat(np.arange(len(phrases)), lengths)
        owner_of = np.array([phrase.owner for phrase in phrases], dtype=np.int64)
        self.starts = np.searchsorted(owner_of, np.arange(owners))
        self.ends = np.searchsorted(owner_of, np.arange(owners), side="right")
        self.owner_of = owner_of

        self._words = len(self._vocabulary)
        first, second = flat[:-1], flat[1:]
        joined = place[:-1] == place[1:]
        keys = first[joined] * self._words + second[joined]
        self._pair_keys = _distinct(keys)
        pair_terms = np.searchsorted(self._pair_keys, keys) + self._words
        terms = np.concatenate([flat, pair_terms])
        places = np.concatenate([place, place[:-1][joined]])
        self._terms = self._words + len(self._pair_keys)
        self._index(terms, places)
        self._index_accents()

    def _number(self, word: str) -> int:
        return self._vocabulary.setdefault(word, len(self._vocabulary))

    def _index(self, terms: Ints, places: Ints) -> None:
        owners = self.owner_of[places] if len(places) else places
        heap_keys, times = np.unique(terms * self.owners + owners, return_counts=True)
        heap_terms, heap_owners = np.divmod(heap_keys, max(1, self.owners))
        holders = np.bincount(heap_terms, minlength=self._terms)
        self._holders = holders
        rarity = np.log(1 + (self.owners - holders + 0.5) / (holders + 0.5))
        rarity[self._words :] *= _PAIR_WEIGHT
        self._rarity = rarity.astype(np.float32)
        self._unknown_rarity = math.log(1 + (self.owners + 0.5) / 0.5)

        keys = _distinct(terms * max(1, len(self.phrases)) + places)
        phrase_terms, phrase_places = np.divmod(keys, max(1, len(self.phrases)))
        squares = (self._rarity**2)[phrase_terms]
        self.mass = np.bincount(phrase_places, weights=squares, minlength=len(self.phrases))
        self.mass = np.maximum(self.mass, 1e-6).astype(np.float32)
        self._in_phrases = _Postings(phrase_terms, phrase_places, squares, self._terms)

        length = np.bincount(heap_owners, weights=times, minlength=self.owners)
        norm = 1 - _B + _B * length / max(1e-9, float(length.mean()) if self.owners else 1.0)
        value = times / (times + _K1 * norm[heap_owners])
        value *= self._rarity[heap_terms]
        self._in_heaps = _Postings(heap_terms, heap_owners, value.astype(np.float32), self._terms)

    def _index_accents(self) -> None:
        """Number the words as written, beside their folded forms."""
        written: dict[str, int] = {}
        flat = []
        places = []
        for number, phrase in enumerate(self.phrases):
            for word in place_tones(phrase.text.lower()).split():
                bare = word.strip(".,;:()\"'/–-")
                if bare and not bare.isascii():
                    flat.append(written.setdefault(bare, len(written)))
                    places.append(number)
        self._written = written
        terms, at = np.array(flat, dtype=np.int64), np.array(places, dtype=np.int64)
        folded = [self._vocabulary.get(fold(word), -1) for word in written]
        plain = np.array(folded, dtype=np.int64)
        known = plain >= 0
        rarity = np.zeros(len(plain))
        rarity[known] = self._rarity[plain[known]]
        self._written_rarity = rarity.astype(np.float32)
        keys = _distinct(terms * max(1, len(self.phrases)) + at) if len(terms) else terms
        phrase_terms, phrase_places = np.divmod(keys, max(1, len(self.phrases)))
        squares = (self._written_rarity**2)[phrase_terms] if len(keys) else keys.astype(np.float32)
        self._as_written = _Postings(phrase_terms, phrase_places, squares, len(written))
        owners = _distinct(phrase_terms * max(1, self.owners) + self.owner_of[phrase_places])
        heap_terms, heap_owners = np.divmod(owners, max(1, self.owners))
        self._written_in_heaps = _Postings(
            heap_terms, heap_owners, np.ones(len(heap_terms), dtype=np.float32), len(written)
        )

    def __contains__(self, word: str) -> bool:
        return word in self._vocabulary

    @property
    def held_by(self) -> Mapping[str, int]:
        """Every folded word, and how many procedures hold it."""
        counts = self._holders[: self._words].tolist()
        return dict(zip(self._vocabulary, counts, strict=True))

    def search(self, query: Query) -> Found:
        """Score everything against a query."""
        overlap = np.zeros(len(self.phrases), dtype=np.float32)
        heap = np.zeros(self.owners, dtype=np.float32)
        explained = np.zeros(self.owners, dtype=np.float32)
        confirmed = np.zeros(self.owners, dtype=np.float32)
        accentable = np.zeros(self.owners, dtype=np.float32)
        mass = 1e-6
        reach = telling = 1e-6
        unknown = 0.0
        for word in dict.fromkeys(query.words):
            weight = query.weights.get(word, 1.0)
            number = self._vocabulary.get(word)
            if number is None:
                unknown += self._unknown_rarity * 0.5 * weight
                mass += (self._unknown_rarity * 0.5 * weight) ** 2 * 0.5
                continue
            rarity = float(self._rarity[number])
            mass += rarity**2 * weight
            reach += rarity * weight
            telling += rarity * weight
            typed = query.accented.get(word)
            share = _OTHER_ACCENT if typed else 1.0
            self._in_phrases.add(number, weight * share, overlap)
            self._in_heaps.add(number, weight * share, heap)
            owners = self._in_heaps.places(number)
            explained[owners] += rarity * weight * share
            if typed:
                accentable[owners] += rarity
                for form in typed:
                    written = self._written.get(form)
                    if written is None:
                        continue
                    self._as_written.add(written, weight * (1 - share), overlap)
                    holders = self._written_in_heaps.places(written)
                    explained[holders] += rarity * weight * (1 - share)
                    heap[holders] += rarity * weight * (1 - share) * 0.6
                    confirmed[holders] += rarity
        for term, weight in self._pairs(query):
            rarity = float(self._rarity[term])
            mass += rarity**2 * weight
            reach += rarity * weight
            self._in_phrases.add(term, weight, overlap)
            self._in_heaps.add(term, weight, heap)
        return Found(
            likeness=overlap / np.sqrt(self.mass * np.float32(mass)),
            covered=(overlap / self.mass).astype(np.float32),
            heap=heap / np.float32(reach),
            explained=explained / np.float32(telling + unknown),
            agreed=np.where(accentable > 0, confirmed / np.maximum(accentable, 1e-6), 1.0),
            unknown=unknown / (telling + unknown),
        )

    def _pairs(self, query: Query) -> Iterable[tuple[int, float]]:
        seen = set()
        for first, second in zip(query.words, query.words[1:], strict=False):
            one, other = self._vocabulary.get(first), self._vocabulary.get(second)
            if one is None or other is None:
                continue
            key = one * self._words + other
            at = int(np.searchsorted(self._pair_keys, key))
            if at < len(self._pair_keys) and self._pair_keys[at] == key and key not in seen:
                seen.add(key)
                weight = min(query.weights.get(first, 1.0), query.weights.get(second, 1.0))
                yield at + self._words, weight


def _distinct(numbers: Ints) -> Ints:
    """Each number once, in order: sorting is three times as fast here as numpy's hashing."""
    ordered = np.sort(numbers)
    return (
        ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered
    )
