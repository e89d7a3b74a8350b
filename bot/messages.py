"""The language between the parts: what came in, what goes out, and what can be chosen.

A reply is a tree of blocks. It carries no markup: each channel renders and escapes it at the end.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, NewType

from pydantic import Field, TypeAdapter

Action = NewType("Action", str)
"""What a button means, as `dialogue.actions` encodes it; at most 64 ASCII characters."""


class Language(StrEnum):
    """The languages of the wording files."""

    VI = "vi"
    EN = "en"


class ChannelName(StrEnum):
    """Where an address lives."""

    WEBCHAT = "webchat"
    TELEGRAM = "telegram"
    ZALO = "zalo"
    TERMINAL = "terminal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One person on one channel. `chat` is the channel's own id, never a name or a phone."""

    channel: ChannelName
    chat: str


class PhotoTrouble(StrEnum):
    """Why a photo led to no dossier code."""

    NO_CODE = "no_code"
    FOREIGN_CODE = "foreign_code"
    NOT_A_PICTURE = "not_a_picture"
    TOO_LARGE = "too_large"
    GAVE_UP = "gave_up"
    """The reader was too busy, or the picture was more than it may spend on one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """One message: typed text or a pressed button (then `action` is set and `text` its label).

    `text` is as received; the dialogue bounds and normalises it. `at` is aware. `phone` is one
    that the platform itself vouches to be the sender's, empty where none was shared.
    `in_group`: others read along, so nothing of a dossier may be said.
    `text` is as received; the dialogue bounds and normalises it. `at` is aware. A photo comes as
    the dossier code that was read from it, typed text like any other; one that led to no code has
    `photo` set and `text` as its label.
    """

    address: Address
    at: dt.datetime
    text: str = ""
    action: Action | None = None
    phone: str = ""
    in_group: bool = False
    photo: PhotoTrouble | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Something to press, or to answer with its number when it is among a reply's choices."""

    label: str
    action: Action


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """The title of a reply or of a part of it."""

    kind: Literal["heading"] = "heading"
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """One paragraph of plain text; line breaks in it are kept."""

    kind: Literal["paragraph"] = "paragraph"
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Items:
    """A list of short texts; numbered when their order matters."""

    kind: Literal["items"] = "items"
    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A label and its value: "Lệ phí", "Miễn phí"."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """A small table of facts."""

    kind: Literal["facts"] = "facts"
    rows: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """One line of a tick-list. `url` opens its form; `detail` is counts or a condition."""

    text: str
    detail: str = ""
    url: str = ""
    url_title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checklist:
    """Papers to bring: tickable and printable where the channel can, a plain list elsewhere."""

    kind: Literal["checklist"] = "checklist"
    title: str
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Weblink:
    """A page or a file to open; https or http."""

    kind: Literal["weblink"] = "weblink"
    title: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where the facts of this reply come from: code, decision, date, the portal's page."""

    kind: Literal["source"] = "source"
    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnData:
    """Where the person gets all that is held about the address: a file, or a link to one."""

    kind: Literal["own_data"] = "own_data"
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """One entry of a dossier's history; `when` is ready to read."""

    when: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeline:
    """What happened to a dossier, oldest first."""

    kind: Literal["timeline"] = "timeline"
    moments: tuple[Moment, ...]


Block = Annotated[
    Heading | Paragraph | Items | Facts | Checklist | Weblink | Source | OwnData | Timeline,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """The whole answer to one message.

    `choices` are numbered from 1 where the channel shows numbers: a typed number picks one.
    `exits` are the ways out that every reply offers; they are not numbered.
    """

    blocks: tuple[Block, ...]
    choices: tuple[Choice, ...] = ()
    exits: tuple[Choice, ...] = ()
    language: Language = Language.VI
    asks_proof: bool = False
    """Asks for the right to know: a channel whose platform can vouch for a phone offers that."""
    is_private: bool = False
    """Holds something about a dossier: not to be kept longer than the conversation needs it."""
    erases: bool = False
    """All that was held about the address is gone with it, this conversation too."""


_replies = TypeAdapter(Reply)


def reply_to_json(reply: Reply) -> str:
    """Write a reply for keeping; `reply_from_json` gives the same reply back."""
    return _replies.dump_json(reply).decode()


def reply_from_json(text: str) -> Reply:
    """Read a kept reply. Raises pydantic's ValidationError for anything else."""
    return _replies.validate_json(text)
