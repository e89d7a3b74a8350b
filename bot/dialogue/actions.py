"""What a button means, written into at most 64 ASCII characters and read back.

Actions carry no rights: a dossier's action only works where the conversation has proven it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.messages import Action, Language
from knowledge.facets import Facet
from knowledge.model import ProcedureCode

ACTION_LIMIT = 64
_KEY = re.compile(r"[a-z0-9_]{1,24}")


class Exit(StrEnum):
    """The ways out that every reply offers, and help."""

    PROCEDURES = "procedures"
    DOSSIER = "dossier"
    HUMAN = "human"
    CANCEL = "cancel"
    HELP = "help"
    NONE_OF_THESE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Leave:
    """Take a way out."""

    to: Exit


@dataclass(frozen=True, kw_only=True, slots=True)
class Speak:
    """Change the language."""

    language: Language


@dataclass(frozen=True, kw_only=True, slots=True)
class Show:
    """Show aspects of a procedure. `everything`: papers of all cases, without asking."""

    code: ProcedureCode
    facets: tuple[Facet, ...] = ()
    everything: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ChooseCase:
    """Answer a case question of a procedure; an empty `case` starts the questions anew."""

    code: ProcedureCode
    case: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShowDossier:
    """Show a proven dossier, its history, or why it is due when it is."""

    code: str
    history: bool = False
    why: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Follow:
    """Be told of a proven dossier. `agreed`: after reading what that means."""

    code: str
    agreed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfollow:
    """No longer be told of a dossier."""

    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOver:
    """Get all that is held about the person, or have it deleted; that only when `confirmed`."""

    erase: bool = False
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """Choose a procedure that a clarifying question offered."""

    code: ProcedureCode
    facets: tuple[Facet, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class NotThis:
    """Say that the answer is about something else than what was asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Over:
    """Press a button whose time is over, or that was somebody else's."""


Command = (
    Leave
    | Speak
    | Show
    | ChooseCase
    | ShowDossier
    | Follow
    | Unfollow
    | HandOver
    | Pick
    | NotThis
    | Over
)


_OWN_DATA = {
    "show": HandOver(),
    "erase": HandOver(erase=True),
    "gone": HandOver(erase=True, confirmed=True),
}


def encode(command: Command) -> Action:
    """Write a command; `decode` reads the same one back."""
    match command:
        case Leave(to=to):
            text = f"x:{to.value}"
        case Speak(language=language):
            text = f"l:{language.value}"
        case Show(code=code, facets=facets, everything=everything):
            aspects = ",".join(facet.value for facet in facets)
            text = f"{'a' if everything else 'p'}:{code}:{aspects}"
        case Pick(code=code, facets=facets):
            text = f"k:{code}:{','.join(facet.value for facet in facets)}"
        case NotThis():
            text = "n:"
        case Over():
            text = "e:"
        case ChooseCase(code=code, case=key):
            text = f"c:{code}:{key}"
        case ShowDossier(code=code, history=history, why=why):
            text = f"{'w' if why else 'h' if history else 'd'}:{code}"
        case Follow(code=code, agreed=agreed):
            text = f"{'y' if agreed else 'f'}:{code}"
        case Unfollow(code=code):
            text = f"u:{code}"
        case HandOver(erase=erase, confirmed=confirmed):
            text = f"o:{'gone' if confirmed else 'erase' if erase else 'show'}"
    if len(text) > ACTION_LIMIT or not text.isascii():
        raise ValueError(f"The action {text!r} does not fit {ACTION_LIMIT} ASCII characters.")
    return Action(text)


def decode(action: Action) -> Command | None:
    """Read an action; None for anything that `encode` did not write: anybody can post."""
    if len(action) > ACTION_LIMIT:
        return None
    kind, _, rest = action.partition(":")
    try:
        match kind:
            case "x":
                return Leave(to=Exit(rest))
            case "l":
                return Speak(language=Language(rest))
            case "p" | "a" | "k":
                return _about_procedure(kind, rest)
            case "n":
                return NotThis()
            case "e":
                return Over()
            case "c":
                code, _, key = rest.partition(":")
                if key and not _KEY.fullmatch(key):
                    return None
                return ChooseCase(code=ProcedureCode(code), case=key)
            case "o":
                return _OWN_DATA.get(rest)
            case _:
                return _about_dossier(kind, rest)
    except ValueError:
        return None


def _about_procedure(kind: str, rest: str) -> Command:
    code, _, aspects = rest.partition(":")
    facets = tuple(Facet(aspect) for aspect in aspects.split(",") if aspect)
    if kind == "k":
        return Pick(code=ProcedureCode(code), facets=facets)
    return Show(code=ProcedureCode(code), facets=facets, everything=kind == "a")


def _about_dossier(kind: str, code: str) -> Command | None:
    match kind:
        case "d" | "h" | "w":
            return ShowDossier(code=code, history=kind == "h", why=kind == "w")
        case "f" | "y":
            return Follow(code=code, agreed=kind == "y")
        case "u":
            return Unfollow(code=code)
        case _:
            return None
