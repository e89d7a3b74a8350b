"""The questions that gate a change: how well people are understood over the starter catalogue.

The floors lie a little under what was reached when they were set; a change that falls below one
has to say why.
"""

from importlib.resources import files

import pytest
from pydantic import TypeAdapter

from knowledge.evaluation import Question, Verdict, measure
from knowledge.matcher import LexicalMatcher
from knowledge.model import ProcedureCode
from knowledge.reading.starter import read_shipped_catalogue
from knowledge.teaching import topics
from knowledge.text import clean, fold, has_accents

_question = TypeAdapter(Question)


def _read(name: str) -> list[Question]:
    text = (files("knowledge") / "golden" / f"{name}.jsonl").read_text("utf-8")
    return [_question.validate_json(line) for line in text.splitlines()]


_QUESTIONS = _read("starter")


def _judged(questions: list[Question], *, bare: bool = False) -> list[tuple[Question, Verdict]]:
    matcher = LexicalMatcher(read_shipped_catalogue().procedures)
    pairs = []
    for question, topic in zip(questions, topics(questions), strict=True):
        text = fold(question.question) if bare else question.question
        about = ProcedureCode(topic) if topic else None
        match = matcher.match(clean(text), about)
        codes = tuple(candidate.code for candidate in match.candidates)
        if match.is_bare and topic:
            codes, outcome = (
                (ProcedureCode(topic),),
                "answer",
            )  # the dialogue stays with what was talked of
        else:
            outcome = match.outcome.value
        pairs.append((question, Verdict(outcome=outcome, codes=codes)))
    return pairs


@pytest.fixture(scope="module")
def judged() -> list[tuple[Question, Verdict]]:
    return _judged(_QUESTIONS)


def test_the_set_is_large_and_of_every_kind() -> None:
    assert len(_QUESTIONS) >= 400
    assert {one.kind for one in _QUESTIONS} == {"near", "story"}
    assert {one.expect.value for one in _QUESTIONS} == {"answer", "clarify", "out_of_scope"}
    assert 0.3 < sum(has_accents(one.question) for one in _QUESTIONS) / len(_QUESTIONS) < 0.7


@pytest.mark.parametrize(
    ("figure", "floor"),
    [
        ("first", 0.83),
        ("among_three", 0.94),
        ("among_ten", 0.96),
        ("clarified", 0.60),
        ("admitted", 0.92),
    ],
)
def test_people_are_understood(
    judged: list[tuple[Question, Verdict]], figure: str, floor: float
) -> None:
    reached = getattr(measure(judged), figure)
    assert reached >= floor, f"{figure}: {reached:.3f}"


@pytest.mark.parametrize(("figure", "ceiling"), [("answered_wrong", 0.05), ("told_unknown", 0.07)])
def test_people_are_not_misled(
    judged: list[tuple[Question, Verdict]], figure: str, ceiling: float
) -> None:
    reached = getattr(measure(judged), figure)
    assert reached <= ceiling, f"{figure}: {reached:.3f}"


def test_missing_accents_cost_little(judged: list[tuple[Question, Verdict]]) -> None:
    accented = [one for one in _QUESTIONS if has_accents(one.question) and one.turn == 1]
    asked = {one.id for one in accented}
    with_accents = measure([pair for pair in judged if pair[0].id in asked])
    without = measure(_judged(accented, bare=True))
    assert with_accents.first is not None
    assert without.first is not None
    assert without.first >= with_accents.first - 0.06
