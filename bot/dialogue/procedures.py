"""Questions about procedures: understood, answered, narrowed down, followed up."""

from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue import cards, old_places
from bot.dialogue.actions import ChooseCase, NotThis, Pick, Show, encode
from bot.dialogue.asking_back import ask_which
from bot.dialogue.context import Context, Judged, Outcome, Turn
from bot.dialogue.conversation import Conversation, Topic
from bot.dialogue.papers import is_short
from bot.dialogue.routes import Route, route_of
from bot.messages import Block, Choice, Heading, Paragraph
from bot.wording.dialogue import Wording
from knowledge.facets import Facet
from knowledge.matcher import CHOICES, Candidate, Match
from knowledge.matcher import Outcome as Understood
from knowledge.model import CaseQuestion, Procedure, ProcedureCode
from knowledge.text import fold, shorten

_LABEL_LIMIT = 80
"""Characters of a choice; longer names are cut at a word."""

_MORE = 5
"""How many further aspects are offered below an answer."""

_OFFERED = (
    Facet.PAPERS,
    Facet.FEE,
    Facet.DURATION,
    Facet.WHERE,
    Facet.STEPS,
    Facet.CONDITIONS,
    Facet.FORMS,
    Facet.RESULT,
    Facet.LEGAL,
)


def follow_button(context: Context) -> Turn | None:
    """A pressed choice about a procedure, or a typed "no, not this" after an answer."""
    match context.command:
        case Show(code=code, facets=facets, everything=everything):
            procedure = context.knowledge.procedure(code)
            return answer(context, procedure, facets, everything=everything) if procedure else None
        case ChooseCase(code=code, case=case):
            procedure = context.knowledge.procedure(code)
            return _choose(context, procedure, case) if procedure else None
        case Pick(code=code, facets=facets):
            procedure = context.knowledge.procedure(code)
            picked = Judged(picked=code)
            return answer(context, procedure, facets, judged=picked) if procedure else None
        case NotThis():
            return _offer_others(context)
        case _:
            was_told = context.conversation.topic and context.conversation.others
            typed = route_of(context.text) is Route.NONE_OF_THESE
            return _offer_others(context) if was_told and typed else None


def name_case(context: Context) -> Turn | None:
    """A case of the current procedure in its own words, alone or in a sentence."""
    topic = context.conversation.topic
    procedure = context.knowledge.procedure(topic.code) if topic else None
    typed = fold(context.text).strip(" .!?")
    if procedure is None or not typed:
        return None
    labels = {
        fold(case.label).strip(" .!?"): case.key
        for question in procedure.questions
        for case in question.cases
    }
    if typed in labels:
        return _choose(context, procedure, labels[typed])
    held = [label for label in labels if len(label.split()) > 2 and f" {label} " in f" {typed} "]
    return _choose(context, procedure, labels[max(held, key=len)]) if held else None


def understand(context: Context) -> Turn | None:
    """A question in words: a new procedure, or more about the one talked about."""
    if not context.question:
        return None
    topic = context.conversation.topic
    match = context.knowledge.matcher.match(context.question, _talked_of(context))
    current = context.knowledge.procedure(topic.code) if topic else None
    if current and _is_about(match, current):
        return answer(context, current, match.facets, match=match)
    if match.is_bare:
        if not match.facets:
            return None
        if context.conversation.others and topic is None:
            return _ask_again(context, match)
        ask = [Paragraph(text=context.say.procedures.unknown_which)]
        return context.turn(Outcome.ASKED_WHICH, ask, match=match, facets=match.facets)
    match match.outcome:
        case Understood.ANSWER:
            procedure = context.knowledge.procedure(match.candidates[0].code)
            return answer(context, procedure, match.facets, match=match) if procedure else None
        case Understood.CLARIFY:
            return _clarify(context, match)
        case Understood.UNKNOWN:
            return None


def admit_ignorance(context: Context) -> Turn | None:
    """Say honestly that the catalogue does not hold it, and offer a person."""
    if not any(char.isalnum() for char in context.text):
        return None
    match = context.knowledge.matcher.match(context.question)
    say = context.say
    blocks: list[Block] = [
        *old_places.notes(context),
        Heading(text=say.procedures.unknown_title),
        Paragraph(text=say.procedures.unknown),
    ]
    return context.turn(Outcome.UNANSWERED_UNKNOWN, blocks, match=match, facets=match.facets)


def answer(  # noqa: PLR0913 - all but the procedure and its aspects have a default
    context: Context,
    procedure: Procedure,
    facets: Sequence[Facet],
    *,
    match: Match | None = None,
    everything: bool = False,
    judged: Judged | None = None,
) -> Turn:
    """Tell the asked aspects of a procedure first and put the rest behind choices."""
    topic = context.conversation.topic
    same = topic is not None and topic.code == procedure.code
    chosen = topic.chosen if topic and same else ()
    conversation = _talking_of(context.conversation, Topic(code=procedure.code, chosen=chosen))
    say = context.say
    question = None if everything else _open_question(procedure, chosen, facets)
    blocks: list[Block] = (
        cards.so_far(procedure, frozenset(chosen), say)
        if question and chosen
        else cards.card(procedure, facets, frozenset(chosen), say, everything=everything)
    )
    blocks[:0] = old_places.notes(context)
    if context.was_cut:
        blocks.insert(0, Paragraph(text=say.general.too_long))
    others = _others(match, procedure.code) if match else ()
    conversation = replace(conversation, others=others)
    if question is None:
        choices = _more(procedure, facets, chosen, say)
        if others:
            choices.append(Choice(label=say.procedures.not_this, action=encode(NotThis())))
        outcome = Outcome.ANSWERED_PROCEDURE
    else:
        blocks.insert(len(blocks) - 1, Paragraph(text=_asking(procedure, question, say)))
        choices = _cases(procedure, question)
        if chosen or not is_short(procedure, frozenset(chosen)):
            choices.append(_all_cases(procedure, say))
        outcome = Outcome.ASKED_CASE
    return context.turn(
        outcome,
        blocks,
        choices,
        conversation=conversation,
        match=match,
        code=procedure.code,
        facets=tuple(facets),
        judged=judged,
    )


def _choose(context: Context, procedure: Procedure, case: str) -> Turn:
    topic = context.conversation.topic
    before = topic.chosen if topic and topic.code == procedure.code and case else ()
    siblings = {
        other.key
        for question in procedure.questions
        if any(known.key == case for known in question.cases)
        for other in question.cases
    }
    kept = tuple(key for key in before if key not in siblings)
    chosen = (*kept, case) if case in siblings else kept
    conversation = _talking_of(context.conversation, Topic(code=procedure.code, chosen=chosen))
    return answer(replace(context, conversation=conversation), procedure, (Facet.PAPERS,))


def _clarify(context: Context, match: Match) -> Turn:
    codes = [candidate.code for candidate in match.candidates[: match.choices]]
    labels = {candidate.code: candidate.label for candidate in match.candidates}
    return ask_which(context, codes, labels, match.facets, match=match)


def _talked_of(context: Context) -> ProcedureCode | None:
    """The procedure talked about; where we asked which, the likeliest of them."""
    topic, others = context.conversation.topic, context.conversation.others
    if topic is not None:
        return topic.code
    return others[0] if others else None


def _ask_again(context: Context, match: Match) -> Turn:
    """An aspect of what we have asked back about: the same choices, now for this aspect."""
    matcher = context.knowledge.matcher
    codes = context.conversation.others
    asked = replace(
        match,
        outcome=Understood.CLARIFY,
        candidates=tuple(
            Candidate(code=code, confidence=0.0, label=matcher.label(code)) for code in codes
        ),
        choices=len(codes),
    )
    return _clarify(context, asked)


def _offer_others(context: Context) -> Turn:
    """What else the question before could have meant; nothing left is an honest "unknown"."""
    judged = Judged(is_helpful=False)
    say = context.say.procedures
    matcher = context.knowledge.matcher
    codes = [
        code
        for code in context.conversation.others
        if context.knowledge.procedure(code) is not None
    ]
    if not codes:
        blocks: list[Block] = [Heading(text=say.unknown_title), Paragraph(text=say.unknown)]
        return context.turn(Outcome.UNANSWERED_UNKNOWN, blocks, judged=judged)
    forgotten = replace(context, conversation=replace(context.conversation, topic=None, others=()))
    labels = {code: matcher.label(code) for code in codes}
    return ask_which(forgotten, codes, labels, (), judged=judged)


def _others(match: Match, told: ProcedureCode) -> tuple[ProcedureCode, ...]:
    return tuple(candidate.code for candidate in match.candidates if candidate.code != told)[
        : CHOICES - 1
    ]


def _is_about(match: Match, current: Procedure) -> bool:
    """Whether a question stays with the procedure talked about.

    It does when it names an aspect and no procedure, or an aspect of what is likeliest meant.
    """
    if not match.facets:
        return False
    return match.is_bare or (bool(match.candidates) and match.candidates[0].code == current.code)


def _open_question(
    procedure: Procedure, chosen: Sequence[str], facets: Sequence[Facet]
) -> CaseQuestion | None:
    if Facet.PAPERS not in facets or procedure.abolished:
        return None
    return next(
        (
            question
            for question in procedure.questions
            if not any(case.key in chosen for case in question.cases)
        ),
        None,
    )


def _asking(procedure: Procedure, question: CaseQuestion, say: Wording) -> str:
    first = question is procedure.questions[0]
    lead = f"{say.procedures.ask_case_first} " if first else ""
    return f"{lead}{question.text}"


def _cases(procedure: Procedure, question: CaseQuestion) -> list[Choice]:
    return [
        Choice(
            label=shorten(case.label, _LABEL_LIMIT),
            action=encode(ChooseCase(code=procedure.code, case=case.key)),
        )
        for case in question.cases
    ]


def _all_cases(procedure: Procedure, say: Wording) -> Choice:
    return Choice(
        label=say.procedures.all_cases,
        action=encode(Show(code=procedure.code, facets=(Facet.PAPERS,), everything=True)),
    )


def _more(
    procedure: Procedure, told: Sequence[Facet], chosen: Sequence[str], say: Wording
) -> list[Choice]:
    if procedure.abolished:
        return []
    covered = {*told, *((Facet.FEE, Facet.DURATION, Facet.RESULT) if not told else ())}
    offered = [
        Choice(
            label=say.procedures.facet[facet.value],
            action=encode(Show(code=procedure.code, facets=(facet,))),
        )
        for facet in _OFFERED
        if facet not in covered and cards.has(procedure, facet)
    ][:_MORE]
    if chosen and Facet.PAPERS in told:
        other = Choice(
            label=say.procedures.other_case, action=encode(ChooseCase(code=procedure.code))
        )
        offered.append(other)
    return offered


def _talking_of(conversation: Conversation, topic: Topic) -> Conversation:
    return replace(conversation, topic=topic, awaiting=None)
