"""Asking back as a good clerk does: the difference, in few words, one choice for each meaning."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.dialogue import old_places
from bot.dialogue.actions import Exit, Leave, Pick, encode
from bot.dialogue.context import Context, Judged, Outcome, Turn
from bot.messages import Choice, Paragraph
from bot.wording.dialogue import Wording
from knowledge.facets import Facet
from knowledge.matcher import Match
from knowledge.model import Procedure, ProcedureCode
from knowledge.phrasebook import LABEL_LIMIT
from knowledge.text import shorten

_NAME_LIMIT = 80
"""Characters of a choice that has no label; longer names are cut at a word."""


def ask_which(  # noqa: PLR0913 - what is offered, and what the turn records of it
    context: Context,
    codes: Sequence[ProcedureCode],
    labels: Mapping[ProcedureCode, str],
    facets: Sequence[Facet],
    *,
    match: Match | None = None,
    judged: Judged | None = None,
) -> Turn:
    """Ask for the difference, in a clerk's few words, with one choice for each meaning."""
    say = context.say
    offered = _told_apart(
        [one for code in codes if (one := context.knowledge.procedure(code))], labels
    )
    choices = [
        *(
            Choice(label=label, action=encode(Pick(code=code, facets=tuple(facets)[:3])))
            for code, label in offered.items()
        ),
        Choice(label=say.procedures.none_of_these, action=encode(Leave(to=Exit.NONE_OF_THESE))),
    ]
    blocks = [
        *old_places.notes(context),
        Paragraph(text=_difference(list(offered.values()), say)),
        Paragraph(text=say.general.ask_number),
    ]
    return context.turn(
        Outcome.ASKED_WHICH,
        blocks,
        choices,
        conversation=replace(
            context.conversation, awaiting=None, topic=None, others=tuple(offered)
        ),
        match=match,
        facets=tuple(facets),
        judged=judged,
    )


def _told_apart(
    offered: Sequence[Procedure], labels: Mapping[ProcedureCode, str]
) -> dict[ProcedureCode, str]:
    """A label for each; where two would be alike, the official names tell them apart."""
    named = {one.code: labels.get(one.code) or shorten(one.title, _NAME_LIMIT) for one in offered}
    alike = {label for label, times in Counter(named.values()).items() if times > 1}
    return {
        one.code: shorten(f"{one.name} ({one.code})", _NAME_LIMIT)
        if named[one.code] in alike
        else named[one.code]
        for one in offered
    }


def _difference(labels: Sequence[str], say: Wording) -> str:
    if len(labels) < 2 or any(len(label) > LABEL_LIMIT for label in labels):
        return say.procedures.clarify
    *first, last = map(_uncapitalised, labels)
    return say.procedures.clarify_between.format(first="; ".join(first), last=last)


def _uncapitalised(label: str) -> str:
    """For the middle of a sentence: "Khai sinh" becomes "khai sinh", "VNeID" stays."""
    word = label.split(" ", 1)[0]
    return label if word[1:] != word[1:].lower() else label[:1].lower() + label[1:]
