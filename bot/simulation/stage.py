"""What the page shows of a played platform, and what a person can do there: the port."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Deed(StrEnum):
    """What a person can do besides typing and pressing."""

    START = "start"
    SHARE = "share"
    SUBMIT = "submit"
    PHOTO = "photo"
    RECEIPT = "receipt"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    BLOCK = "block"
    UNBLOCK = "unblock"


class Who(StrEnum):
    """Whose a line of a chat is. `NOTE` is the platform's own grey line."""

    PERSON = "person"
    BOT = "bot"
    NOTE = "note"


class Impossible(Exception):  # noqa: N818 - an answer to a person, not a defect
    """What was asked cannot be done now: the button is gone, nobody asked for the phone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """Formatting of a stretch of text, counted in UTF-16 units as browsers do."""

    kind: str
    start: int
    length: int
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """`press` is handed back when it is pressed; a button with `url` opens that instead."""

    label: str
    press: str = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A document or a picture in a chat."""

    id: str
    name: str
    size: int
    is_picture: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A form with a title and one button that shares the person's phone."""

    title: str
    subtitle: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bubble:
    """One line of a chat, as it stands now. A note's text is the name of a sentence."""

    id: str
    who: Who
    at: dt.datetime
    text: str = ""
    marks: Sequence[Mark] = ()
    rows: Sequence[Sequence[Button]] = ()
    file: File | None = None
    card: Card | None = None
    is_edited: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Chat:
    """One chat. `keyboard`: the rows that lie in the place of the letters."""

    id: str
    title: str
    bubbles: Sequence[Bubble]
    keyboard: Sequence[Sequence[str]] = ()
    hint: str = ""


class Stage(Protocol):
    """A played platform with one person in it. All of its deeds raise Impossible."""

    @property
    def name(self) -> str:
        """The platform's name in lower case."""

    @property
    def account(self) -> str:
        """What the desk is called there."""

    def chats(self) -> Sequence[Chat]:
        """The person's chat with the desk, and a group where the desk is too."""

    def deeds(self) -> Sequence[Deed]:
        """What can be done now."""

    def menu(self) -> Mapping[str, str]:
        """Commands that the platform offers, with what they say."""

    async def say(self, chat: str, text: str) -> None:
        """Type something."""

    async def press(self, chat: str, bubble: str, press: str) -> None:
        """Press a button under a line of the chat."""

    async def do(self, deed: Deed, phone: str) -> None:
        """Do something; `phone` is the person's own."""

    async def send_photo(self, content: bytes) -> None:
        """Send a picture to the desk."""

    def file(self, name: str) -> bytes | None:
        """The content of a file in a chat."""
