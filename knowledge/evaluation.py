"""Question sets to figures: how often the desk is right, asks well, and admits ignorance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.text import has_accents


class Expect(StrEnum):
    """What a good clerk would do with a question."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    OUT_OF_SCOPE = "out_of_scope"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One labelled question. Rows of one `conversation` follow each other in one chat.

    `codes`: with `ANSWER` any of them is right; with `CLARIFY` what the question can mean, empty
    where the set does not say. `kind`: how it is asked: "near" (half the official word) or
    "story" (a situation told without it), empty where the set does not say.
    """

    id: str
    question: str
    expect: Expect
    codes: tuple[str, ...] = ()
    conversation: str | None = None
    turn: int = 1
    facet: str = ""
    kind: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What the desk did: outcome `answer`, `clarify`, `unknown` or another; codes best first."""

    outcome: str
    codes: tuple[str, ...] = ()
    facet: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Shares of one kind of questions, None where the set has none to count."""

    questions: int
    first: float | None
    among_three: float | None
    among_ten: float | None
    answered_wrong: float | None
    told_unknown: float | None
    asked_back: float | None
    clarified: float | None
    admitted: float | None
    facet: float | None


def measure(pairs: Sequence[tuple[Question, Verdict]]) -> Figures:
    """Count one set. The source of each share is said beside it."""
    answers = [(q, v) for q, v in pairs if q.expect is Expect.ANSWER]
    clarify = [(q, v) for q, v in pairs if q.expect is Expect.CLARIFY]
    outside = [(q, v) for q, v in pairs if q.expect is Expect.OUT_OF_SCOPE]
    labelled = [(q, v) for q, v in pairs if q.facet]
    return Figures(
        questions=len(pairs),
        first=_share(_among(q, v, 1) for q, v in answers),
        among_three=_share(_among(q, v, 3) for q, v in answers),
        among_ten=_share(_among(q, v, 10) for q, v in answers),
        answered_wrong=_share(v.outcome == "answer" and not _among(q, v, 1) for q, v in answers),
        told_unknown=_share(v.outcome == "unknown" for _, v in answers),
        asked_back=_share(v.outcome == "clarify" for _, v in answers),
        clarified=_share(
            v.outcome == "clarify" and (not q.codes or bool(set(q.codes) & set(v.codes)))
            for q, v in clarify
        ),
        admitted=_share(v.outcome == "unknown" for _, v in outside),
        facet=_share(q.facet == v.facet for q, v in labelled),
    )


def by_kind(pairs: Sequence[tuple[Question, Verdict]]) -> Mapping[str, Figures]:
    """The table: all, first turns of each kind, with accents, without, first turns, follow-ups."""
    named = sorted({question.kind for question, _ in pairs} - {""})
    kinds = {
        "all": pairs,
        **{kind: [(q, v) for q, v in pairs if q.kind == kind and q.turn == 1] for kind in named},
        "with accents": [(q, v) for q, v in pairs if has_accents(q.question)],
        "without accents": [(q, v) for q, v in pairs if not has_accents(q.question)],
        "first turns": [(q, v) for q, v in pairs if q.turn == 1],
        "follow-ups": [(q, v) for q, v in pairs if q.turn > 1],
    }
    return {kind: measure(chosen) for kind, chosen in kinds.items()}


def _among(question: Question, verdict: Verdict, count: int) -> bool:
    return bool(set(question.codes) & set(verdict.codes[:count]))


def _share(claims: Iterable[bool]) -> float | None:
    counted = list(claims)
    return sum(counted) / len(counted) if counted else None
