"""Learns the matcher's weights from labelled questions; small enough to run in a minute.

The order: one weight per feature, so that the procedures that are right get the most of the softmax
over a question's candidates (a conditional logit, by Adam). The judgements: two logistic
regressions over what came out for questions that the order had not learned from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.evaluation import Expect
from knowledge.features import NAMES, Candidates
from knowledge.index import Floats
from knowledge.ranking import Weights, judged_by, nothing_learned, rank

_ROUNDS = 300
_RATE = 0.03
_DECAY = 2e-3  # ridge on the order's weights, in units of the features' spread
_FOLDS = 5

Doubles = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """One labelled question as the matcher saw it. `right` marks the candidates that are right.

    `unknown` is the share of the question, by weight, that no procedure holds.
    `weight` makes kinds of questions count alike; `group` keeps questions together that must not
    be learned from and judged by at once (a conversation, a source).
    """

    candidates: Candidates
    unknown: float
    right: NDArray[np.bool_]
    expect: Expect
    words: int
    group: int
    weight: float = 1.0


def learn(lessons: Sequence[Lesson], seed: int = 1) -> Weights:
    """Weights for all lessons; the same for the same lessons and seed."""
    weights = learn_order(lessons, seed)
    judged = [
        (lesson, ranked_first(lesson, fold_weights))
        for fold_weights, lesson in out_of_fold(lessons, seed)
    ]
    return learn_judgement(weights, judged)


def out_of_fold(
    lessons: Sequence[Lesson],
    seed: int = 1,
    learner: Callable[[Sequence[Lesson], int], Weights] | None = None,
) -> list[tuple[Weights, Lesson]]:
    """Every lesson with weights learned from the other folds only."""
    groups = sorted({lesson.group for lesson in lessons})
    shuffled = np.random.default_rng(seed).permutation(len(groups))
    fold_of = {group: int(shuffled[place]) % _FOLDS for place, group in enumerate(groups)}
    pairs: list[tuple[Weights, Lesson]] = []
    for fold in range(_FOLDS):
        seen = [lesson for lesson in lessons if fold_of[lesson.group] != fold]
        weights = (learner or learn_order)(seen, seed)
        pairs.extend((weights, lesson) for lesson in lessons if fold_of[lesson.group] == fold)
    return pairs


def learn_order(lessons: Sequence[Lesson], seed: int = 1) -> Weights:
    """The order alone; the judgements of the result are zero. Needs no chance: `seed` is unused."""
    del seed
    chosen = [lesson for lesson in lessons if lesson.right.any() and not lesson.right.all()]
    stacked = np.concatenate([lesson.candidates.features for lesson in chosen]).astype(np.float64)
    sizes = np.array([len(lesson.right) for lesson in chosen])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    right = np.concatenate([lesson.right for lesson in chosen])
    weight = np.array([lesson.weight for lesson in chosen])
    weight /= weight.mean()
    spread = np.maximum(stacked.std(axis=0), 1e-3)
    inputs = stacked / spread
    order = np.zeros(len(NAMES))
    first, second = np.zeros_like(order), np.zeros_like(order)
    for step in range(1, _ROUNDS + 1):
        slope = inputs.T @ _slope(inputs @ order, right, starts, sizes, weight) / len(chosen)
        slope += _DECAY * order
        first += 0.1 * (slope - first)
        second += 0.001 * (slope**2 - second)
        rate = _RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        order -= rate * first / (np.sqrt(second) + 1e-8)
    return replace(nothing_learned(), order=(order / spread).astype(np.float32))


def learn_judgement(
    weights: Weights, judged: Sequence[tuple[Lesson, tuple[Floats, bool]]]
) -> Weights:
    """The two judgements, from what came out for questions that were not learned from."""
    rows = np.array([row for _, (row, _) in judged], dtype=np.float64)
    share = np.array([lesson.weight for lesson, _ in judged])
    known = np.array([lesson.expect is not Expect.OUT_OF_SCOPE for lesson, _ in judged])
    single = np.array(
        [lesson.expect is Expect.ANSWER and is_right for lesson, (_, is_right) in judged]
    )
    return replace(
        weights,
        known=_logistic_regression(rows, known, share),
        single=_logistic_regression(rows[known], single[known], share[known]),
    )


def ranked_first(lesson: Lesson, weights: Weights) -> tuple[Floats, bool]:
    """What the judgement looks at, and whether the first candidate is right."""
    ranked = rank(lesson.candidates, lesson.unknown, weights, lesson.words)
    chances = np.array(ranked.chances, dtype=np.float32)
    row = judged_by(lesson.candidates, lesson.unknown, ranked.order, chances, lesson.words)
    return row, bool(lesson.right[ranked.order[0]])


def _slope(
    scores: Doubles,
    right: NDArray[np.bool_],
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    weight: Doubles,
) -> Doubles:
    """The slope of minus log of the share that right candidates have of the softmax."""
    highest = np.repeat(np.maximum.reduceat(scores, starts), sizes)
    raised = np.exp(scores - highest)
    chance = raised / np.repeat(np.add.reduceat(raised, starts), sizes)
    rights = np.where(right, chance, 0.0)
    among = rights / np.repeat(np.maximum(np.add.reduceat(rights, starts), 1e-9), sizes)
    slope: Doubles = (chance - among) * np.repeat(weight, sizes)
    return slope


def _logistic_regression(rows: Doubles, labels: NDArray[np.bool_], share: Doubles) -> Floats:
    """Newton's method with a little ridge; the bias is last."""
    inputs = np.column_stack([rows, np.ones(len(rows))])
    weights = np.zeros(inputs.shape[1])
    ridge = np.eye(inputs.shape[1]) * 1.0
    ridge[-1, -1] = 1e-6
    for _ in range(30):
        chance = 1 / (1 + np.exp(-(inputs @ weights)))
        slope = inputs.T @ (share * (chance - labels)) + ridge @ weights
        bend = (inputs * (share * chance * (1 - chance))[:, None]).T @ inputs + ridge
        weights -= np.linalg.solve(bend, slope)
    return weights.astype(np.float32)
