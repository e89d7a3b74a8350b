"""What speaks for each candidate: one row of numbers per procedure that a question could mean."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from knowledge.index import Floats, Found, Index
from knowledge.question import Reading
from knowledge.signals import Signal

SHORTLIST = 24
"""How many candidates each ranker nominates; together seldom more than twice as many."""

_LONG = 20
"""Words of a question that is as long as can be: a story explains itself by all it says, a short
request by a name."""

NAMES = (
    "likeness",
    "likeness_2",
    "likeness_3",
    "name",
    "covered",
    "heap",
    "explained",
    "agreed",
    "likeness_lag",
    "heap_lag",
    "whole",
    "likeness_best",
    "heap_best",
    "name_best",
    "name_long",
    "heap_long",
    "explained_long",
    "fuzz",
    "fuzz_name",
    "asked_often",
    "asked_sometimes",
    "asked_rarely",
    "asked_never",
    "commune",
    "province",
    "ministry_only",
    "outdated",
    "elsewhere",
    "act_shared",
    "act_missing",
    "act_extra",
    "condition_shared",
    "condition_missing",
    "condition_extra",
    "foreign_extra",
    "same_topic",
    "left_topic",
    "same_field",
    "joined",
    "joined_lag",
    "joined_heap",
    "joined_heap_lag",
)
"""The columns, in order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """What is known of a candidate apart from its phrases. `asked` is None where nobody said."""

    code: str
    field: str = ""
    asked: int | None = None
    commune: bool = False
    province: bool = False
    ministry: bool = False
    is_outdated: bool = False
    is_elsewhere: bool = False
    signals: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidates:
    """The places of the candidates, the best phrase of each, and their features, row by row."""

    places: NDArray[np.intp]
    best_phrases: NDArray[np.intp]
    features: Floats

    def is_whole(self, row: int) -> bool:
        """Whether the question is a phrase of the candidate in this row, word for word."""
        return bool(self.features[row, NAMES.index("whole")])


class Examiner:
    """Nominates candidates and weighs what speaks for each."""

    def __init__(self, index: Index, owners: Sequence[Owner], signals: Sequence[Signal]) -> None:
        self._index = index
        self._owners = owners
        self._names = np.array(
            [
                next(
                    (
                        place
                        for place in range(index.starts[owner], index.ends[owner])
                        if index.phrases[place].is_name
                    ),
                    index.starts[owner],
                )
                for owner in range(len(owners))
            ],
            dtype=np.intp,
        )
        self._priors = np.array([_priors(owner) for owner in owners], dtype=np.float32)
        self._signals = np.array([owner.signals for owner in owners], dtype=np.int64)
        self._acts = sum(1 << place for place, one in enumerate(signals) if one.is_act)
        self._foreign = sum(
            1 << place for place, one in enumerate(signals) if one.name == "foreign"
        )
        self._codes = {owner.code: place for place, owner in enumerate(owners)}

    def examine(
        self,
        reading: Reading,
        found: Found,
        topic: str | None = None,
        joined: Found | None = None,
    ) -> Candidates:
        """The candidates for a question.

        `topic`: the procedure talked about before; `joined`: what is found for the question and
        that procedure's name together, for "rồi nghỉ bán thì sao" after a household business.
        """
        best = np.maximum.reduceat(found.likeness, self._index.starts)
        covered = np.maximum.reduceat(found.covered, self._index.starts)
        named = found.likeness[self._names]
        talked_of = self._codes.get(topic) if topic else None
        nominated = {
            *_top(best, SHORTLIST),
            *_top(found.heap, SHORTLIST),
            *_top(named, SHORTLIST // 2),
        }
        if talked_of is not None:
            nominated.add(talked_of)
        if joined is not None:
            together = np.maximum.reduceat(joined.likeness, self._index.starts)
            nominated |= {*_top(together, SHORTLIST // 2), *_top(joined.heap, SHORTLIST // 2)}
        places = np.array(sorted(nominated), dtype=np.intp)
        phrases = [self._best_phrases(place, found.likeness) for place in places]
        first = np.array([ranked[0] for ranked in phrases], dtype=np.intp)
        likeness = np.array(
            [[*found.likeness[ranked], 0.0, 0.0][:3] for ranked in phrases], dtype=np.float32
        ).reshape(-1, 3)
        heap, name = found.heap[places], named[places]
        explained = found.explained[places]
        length = min(len(reading.query.words), _LONG) / _LONG
        columns = [
            likeness[:, 0],
            likeness[:, 1],
            likeness[:, 2],
            name,
            covered[places].clip(0, 1),
            heap,
            explained,
            found.agreed[places].clip(0, 1),
            likeness[:, 0].max(initial=0) - likeness[:, 0],
            heap.max(initial=0) - heap,
            [self._index.folded[place] == reading.said for place in first],
            likeness[:, 0] >= likeness[:, 0].max(initial=0),
            heap >= heap.max(initial=0),
            name >= name.max(initial=0),
            name * length,
            heap * length,
            explained * length,
            self._fuzz(reading.said, first),
            self._fuzz(reading.said, self._names[places]),
            *self._priors[places].T,
            *self._signal_columns(reading.signals, self._signals[places]),
            *self._context_columns(places, talked_of, turns_away=reading.turns_away),
            *self._joined_columns(places, joined),
        ]
        features = np.column_stack(columns).astype(np.float32)
        return Candidates(places=places, best_phrases=first, features=features)

    def _best_phrases(self, owner: int, likeness: Floats) -> NDArray[np.intp]:
        start, end = self._index.starts[owner], self._index.ends[owner]
        best: NDArray[np.intp] = np.argsort(-likeness[start:end], kind="stable")[:3] + start
        return best

    def _fuzz(self, said: str, phrases: NDArray[np.intp]) -> list[float]:
        folded = self._index.folded
        return [fuzz.token_set_ratio(said, folded[place]) / 100 for place in phrases]

    def _signal_columns(self, asked: int, held: NDArray[np.int64]) -> list[NDArray[np.float64]]:
        acts, rest = self._acts, ~self._acts
        foreign = (held & self._foreign & ~asked) != 0
        return [
            _bit_count(held & asked & acts),
            np.where((held & acts) == 0, 0, _bit_count(~held & asked & acts)),
            _bit_count(held & ~asked & acts),
            _bit_count(held & asked & rest),
            _bit_count(~held & asked & rest),
            _bit_count(held & ~asked & rest),
            foreign.astype(np.float64),
        ]

    def _context_columns(
        self, places: NDArray[np.intp], talked_of: int | None, *, turns_away: bool
    ) -> list[NDArray[np.float64]]:
        if talked_of is None:
            return [np.zeros(len(places))] * 3
        field = self._owners[talked_of].field
        same = [bool(field) and self._owners[place].field == field for place in places]
        stays = 0.0 if turns_away else 1.0
        here = (places == talked_of).astype(np.float64)
        return [here * stays, here * (1 - stays), np.array(same, dtype=np.float64)]

    def _joined_columns(self, places: NDArray[np.intp], joined: Found | None) -> list[Floats]:
        if joined is None:
            return [np.zeros(len(places), dtype=np.float32)] * 4
        likeness = np.maximum.reduceat(joined.likeness, self._index.starts)[places]
        heap = joined.heap[places]
        return [
            likeness,
            likeness.max(initial=0) - likeness,
            heap,
            heap.max(initial=0) - heap,
        ]


def _priors(owner: Owner) -> list[float]:
    asked = owner.asked
    return [
        asked == 3,
        asked == 2,
        asked == 1,
        asked == 0,
        owner.commune,
        owner.province and not owner.commune,
        owner.ministry and not owner.province and not owner.commune,
        owner.is_outdated,
        owner.is_elsewhere,
    ]


def _top(scores: Floats, count: int) -> list[int]:
    if len(scores) > count:
        best = np.argpartition(-scores, count)[:count]
    else:
        best = np.arange(len(scores))
    return [int(place) for place in best if scores[place] > 0]


def _bit_count(bits: NDArray[np.int64]) -> NDArray[np.float64]:
    counted: NDArray[np.float64] = np.bitwise_count(bits & np.int64(0xFFFFFFFF)).astype(np.float64)
    return counted
