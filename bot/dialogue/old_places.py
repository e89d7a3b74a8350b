"""What became of a commune, a district or a province that a message names by its old name."""

import re

from bot.dialogue.context import Context, Outcome, Turn
from bot.messages import Block, Paragraph
from bot.wording.dialogue import Places
from knowledge.places import OldPlace, Rank
from knowledge.text import fold

_LISTED = 12
"""Units of today that are listed; a province has more, and only its new name is told."""

_ABOUT_PLACES = re.compile(
    r"(?:(?:a|bay|cho|cu|cua|dau|doi|duoc|em|gi|gio|hien|hoi|huyen|la|len|luc|may|minh|moi|nao|nay|"
    r"nhap|o|phuong|roi|sang|sap|sau|tai|ten|thanh|thi|thuoc|tinh|toi|truoc|tui|vao|vay|ve|xa)"
    r"[\s?.,!]*)*"
)
"""Folded words around a place in a question about nothing else."""

_MEANS_OLD = re.compile(r"\b(?:cu|truoc|hoi (?:xua|truoc)|huyen|tinh kon tum|sap nhap|nhap lai)\b")


def notes(context: Context) -> list[Block]:
    """One sentence for each old place that the message names."""
    return [
        Paragraph(text=_became(place, context.say.places))
        for place in context.places
        if not place.is_also_new or _MEANS_OLD.search(fold(context.text))
    ]


def tell(context: Context) -> Turn | None:
    """A message that names an old place and asks for nothing else."""
    told = notes(context)
    if not told or context.command is not None:
        return None
    asks_only_that = _ABOUT_PLACES.fullmatch(fold(context.question).strip())
    if not asks_only_that and not context.knowledge.matcher.match(context.question).is_bare:
        return None
    return context.turn(Outcome.ANSWERED_PLACE, told)


def _became(place: OldPlace, say: Places) -> str:
    match place.rank:
        case Rank.PROVINCE:
            return say.province.format(old=place.name, province=_inside(place.province))
        case Rank.DISTRICT:
            pattern = say.district if len(place.now) > 1 else say.one
        case Rank.WARD:
            pattern = say.divided if len(place.now) > 1 else say.one
    return pattern.format(
        old=place.name,
        within=", ".join(map(_inside, place.within.split(", "))),
        now=", ".join(map(_inside, place.now[:_LISTED])),
        province=_inside(place.province),
    )


def _inside(unit: str) -> str:
    """A unit inside a sentence: "Xã Măng Đen" becomes "xã Măng Đen"."""
    return unit[:1].lower() + unit[1:]
