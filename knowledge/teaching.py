"""Turns labelled questions into lessons, with what a question set alone would not teach.

A set asks for procedures that somebody wrote sayings for. Names asked word for word, and
procedures nobody wrote anything for, are added, so that both are understood as well.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType
from zlib import crc32

import numpy as np

from knowledge.evaluation import Expect, Question
from knowledge.learning import Lesson, learn, out_of_fold
from knowledge.matcher import LexicalMatcher
from knowledge.model import Procedure
from knowledge.phrasebook import Phrasebook, shipped_phrasebook
from knowledge.ranking import Weights, nothing_learned
from knowledge.text import clean, fold

_WEIGHTS = {Expect.ANSWER: 1.0, Expect.CLARIFY: 0.7, Expect.OUT_OF_SCOPE: 1.5}
_WITHOUT_SAYINGS = 0.3  # what a question counts for whose procedure lost its sayings
_NAMED = 0.15  # what a name asked word for word counts for
_NAMES = 500
_GONE = 0.4  # share of procedures that lose their sayings in the second look


def topics(questions: Sequence[Question]) -> list[str | None]:
    """For each question the procedure that the turn before was about, as it should have been."""
    last: dict[str, str] = {}
    before: list[str | None] = []
    for question in questions:
        talk = question.conversation
        before.append(last.get(talk) if talk else None)
        if talk and question.codes:
            last[talk] = question.codes[0]
    return before


def lesson_of(
    matcher: LexicalMatcher, question: Question, topic: str | None, weight: float = 1.0
) -> Lesson | None:
    """What the matcher sees of a question; None where it names no procedure at all."""
    look = matcher.look(clean(question.question), topic)
    if not look.reading.has_topic or not len(look.candidates.places):
        return None
    owners = [matcher.owners[place] for place in look.candidates.places]
    outside = question.expect is Expect.OUT_OF_SCOPE
    right = [one.is_elsewhere if outside else one.code in question.codes for one in owners]
    return Lesson(
        candidates=look.candidates,
        unknown=look.found.unknown,
        right=np.array(right),
        expect=question.expect,
        words=len(look.reading.query.words),
        group=crc32((question.conversation or question.id).encode()),
        weight=_WEIGHTS[question.expect] * weight,
    )


def lessons_beside(
    procedures: Sequence[Procedure], questions: Sequence[Question], seed: int = 0
) -> list[Lesson]:
    """Lessons about names word for word, and about procedures without sayings."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    book, nothing = shipped_phrasebook(), nothing_learned()
    gone = {code for code in sorted(book.entries) if chance.random() < _GONE}
    poorer = LexicalMatcher(procedures, phrasebook=_without(book, gone), weights=nothing)
    asked = [one for one in questions if one.kind != "story" and gone & set(one.codes)]
    lessons = [
        lesson_of(poorer, one, topic, _WITHOUT_SAYINGS)
        for one, topic in zip(asked, topics(asked), strict=True)
    ]
    named = list(_names(procedures, book))
    chance.shuffle(named)
    whole = LexicalMatcher(procedures, phrasebook=book, weights=nothing)
    lessons += [lesson_of(whole, one, None, _NAMED) for one in named[:_NAMES]]
    return [lesson for lesson in lessons if lesson is not None]


def cross_validated(
    asked: Sequence[tuple[Question, str | None, Lesson]], beside: Sequence[Lesson], seed: int = 1
) -> list[tuple[Weights, Question, str | None]]:
    """Every question with weights, order and judgements, learned from the other folds only.

    The lessons beside are about no question in particular and are learned from always, except
    those made from a question of the fold.
    """
    by_lesson = {id(lesson): (question, topic) for question, topic, lesson in asked}
    everything = [*(lesson for _, _, lesson in asked), *beside]
    return [
        (weights, *by_lesson[id(lesson)])
        for weights, lesson in out_of_fold(everything, seed, learner=learn)
        if id(lesson) in by_lesson
    ]


def _without(book: Phrasebook, gone: set[str]) -> Phrasebook:
    kept = {code: entry for code, entry in book.entries.items() if code not in gone}
    return replace(book, entries=MappingProxyType(kept))


def _names(procedures: Sequence[Procedure], book: Phrasebook) -> Iterable[Question]:
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for procedure in procedures:
        for name in (procedure.name, procedure.short_name, book.label(procedure.code)):
            if 0 < len(name) < 200:
                holders[fold(name)].add(procedure.code)
    for name in sorted(holders):
        codes = tuple(sorted(holders[name]))
        expect = Expect.ANSWER if len(codes) == 1 else Expect.CLARIFY
        yield Question(id=f"name {name}", question=name, expect=expect, codes=codes)
