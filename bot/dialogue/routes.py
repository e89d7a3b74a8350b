"""Whole messages that are no question about a procedure: patterns as data, read once."""

import re
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

from knowledge.text import fold


class Route(StrEnum):
    """Where a whole message leads; tried in this order."""

    GREETING = "greeting"
    THANKS = "thanks"
    HELP = "help"
    CANCEL = "cancel"
    PROCEDURES = "procedures"
    HUMAN = "human"
    OWN_DATA = "own_data"
    ERASE = "erase"
    UNFOLLOW = "unfollow"
    FOLLOW = "follow"
    FOLLOWED = "followed"
    DOSSIER = "dossier"
    DOSSIER_AGAIN = "dossier_again"
    DOSSIER_HISTORY = "dossier_history"
    DOSSIER_WHY = "dossier_why"
    NONE_OF_THESE = "none_of_these"
    ENGLISH = "english"
    VIETNAMESE = "vietnamese"


def route_of(text: str) -> Route | None:
    """The route of a cleaned message, or None when it has to be understood as a question."""
    bare = " ".join(re.sub(r"[^a-z0-9/]+", " ", fold(text)).split())
    if len(bare) > _LONGEST:
        return None
    return next((route for route, pattern in _patterns() if pattern.fullmatch(bare)), None)


_LONGEST = 120  # longer messages tell a story; no pattern needs more


@cache
def _patterns() -> tuple[tuple[Route, re.Pattern[str]], ...]:
    data = tomllib.loads((files("bot.dialogue") / "routes.toml").read_text("utf-8"))
    return tuple(
        (route, re.compile("|".join(f"(?:{one})" for one in data[route.value]))) for route in Route
    )
