"""From features to an order and to probabilities, by weights learned from labelled questions.

The weights are data (`lexicon/weights.json`), made by `knowledge.learning` and never by hand.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from knowledge.features import NAMES, Candidates
from knowledge.index import Floats

JUDGED = (
    "first",
    "second",
    "lead",
    "crowd",
    "elsewhere",
    "likeness",
    "explained",
    "covered",
    "heap",
    "agreed",
    "unknown",
    "short",
    "long",
    "follows_up",
    "spread",
    "likeness_gap",
    "explained_gap",
    "name",
    "unsaid",
)
"""What the judgement looks at, in order."""


BIAS = "bias"
_CROWD = 0.1  # least chance to count as one of the crowd


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """One weight per feature of a candidate, and two judgements over the outcome.

    `order` weighs NAMES; `known` and `single` are logistic weights over JUDGED, the bias last.
    """

    order: Floats
    known: Floats
    single: Floats

    def scores(self, features: Floats) -> Floats:
        """One number per candidate; its softmax is the chance of being meant."""
        return features @ self.order


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """Candidates best first with their chances, and two calibrated judgements, 0 to 1.

    `known`: the chance that the catalogue holds what is meant. `single`: the chance that the first
    is it, and that no question needs to be asked back.
    """

    order: tuple[int, ...]
    chances: tuple[float, ...]
    known: float
    single: float


def nothing_learned() -> Weights:
    """Weights that know nothing: for a matcher that is only looked through, to learn from."""
    judged = np.zeros(len(JUDGED) + 1, dtype=np.float32)
    return Weights(order=np.zeros(len(NAMES), dtype=np.float32), known=judged, single=judged)


@cache
def shipped_weights() -> Weights:
    """The weights that are part of this package."""
    text = (files("knowledge.lexicon") / "weights.json").read_text("utf-8")
    raw = json.loads(text)
    return weights_from(raw)


def weights_from(raw: Mapping[str, Mapping[str, float]]) -> Weights:
    """Read weights by name. Raises ValueError when they were learned for other features."""
    judged = (*JUDGED, BIAS)
    expected = {"order": NAMES, "known": judged, "single": judged}
    for part, names in expected.items():
        if set(raw.get(part, ())) != set(names):
            raise ValueError(
                f"The weights for “{part}” were learned for other features. Learn anew."
            )
    return Weights(
        **{
            part: np.array([raw[part][name] for name in names], dtype=np.float32)
            for part, names in expected.items()
        }
    )


def weights_to(weights: Weights) -> dict[str, dict[str, float]]:
    """Write weights by name, for `weights_from`."""
    judged = (*JUDGED, BIAS)
    parts = {"order": NAMES, "known": judged, "single": judged}
    return {
        part: {
            name: round(float(value), 5)
            for name, value in zip(names, getattr(weights, part), strict=True)
        }
        for part, names in parts.items()
    }


def rank(candidates: Candidates, unknown: float, weights: Weights, words: int) -> Ranked:
    """Order the candidates and judge the first; `words` is how many the question has."""
    scores = weights.scores(candidates.features)
    order = np.argsort(-scores, kind="stable")
    chances = _softmax(scores)[order]
    judged = judged_by(candidates, unknown, order, chances, words)
    return Ranked(
        order=tuple(int(place) for place in order),
        chances=tuple(float(chance) for chance in chances),
        known=_logistic(judged, weights.known),
        single=_logistic(judged, weights.single),
    )


def judged_by(
    candidates: Candidates,
    unknown: float,
    order: Sequence[int] | np.ndarray,
    chances: Floats,
    words: int,
) -> Floats:
    """What the judgement looks at, one number per name in JUDGED."""
    features = candidates.features
    column = {name: features[:, place] for place, name in enumerate(NAMES)}
    places = np.asarray(order)
    first, others = places[0], places[1:6]
    elsewhere = column["elsewhere"] > 0

    def of_first(name: str) -> float:
        return float(column[name][first])

    def gap(name: str) -> float:
        return of_first(name) - float(column[name][others].max(initial=0))

    second = float(chances[1]) if len(chances) > 1 else 0.0
    return np.array(
        [
            float(chances[0]),
            second,
            float(chances[0]) - second,
            float((chances > _CROWD).sum()) / 5,
            float(chances[elsewhere[places]].sum()),
            of_first("likeness"),
            of_first("explained"),
            of_first("covered"),
            of_first("heap"),
            of_first("agreed"),
            unknown,
            1.0 if words <= 3 else 0.0,
            1.0 if words >= 12 else 0.0,
            float(column["same_topic"].max()),
            float(-(chances * np.log(chances + 1e-9)).sum()),
            gap("likeness"),
            gap("explained"),
            of_first("name"),
            of_first("act_extra") + of_first("condition_extra"),
        ],
        dtype=np.float32,
    )


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max())
    chances: Floats = raised / raised.sum()
    return chances


def _logistic(values: Floats, weights: Floats) -> float:
    return float(1 / (1 + np.exp(-(values @ weights[:-1] + weights[-1]))))
