"""What a channel and the desk need of each other, and nothing more."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.messages import Action, Address, ChannelName, Incoming, Language, Reply

Payload = Mapping[str, Any]
"""One message as a channel's own API takes it, without the chat and without secrets; JSON-able."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One message and its reply, as they may be shown again."""

    said: str
    reply: Reply
    at: dt.datetime


class Desk(Protocol):
    """The desk as channels see it. `answer` never raises: a failure is a reply too."""

    async def answer(self, incoming: Incoming) -> Reply: ...

    async def history(self, address: Address, now: dt.datetime) -> tuple[Exchange, ...]: ...

    async def own_data(self, address: Address) -> str: ...

    async def forget(self, address: Address) -> None: ...

    async def is_ready(self) -> bool: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """One raw update as it is kept before anything is done with it.

    `key` is what makes it the same update when it is delivered again, unique on its channel.
    `chat` is whose order it stands in. `place` is its place in the platform's own order, where
    there is one without gaps; else None.
    """

    key: str
    chat: str
    body: str
    place: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pressed:
    """A pressed button: which of the buttons that went out under one token."""

    token: str
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A picture that a person sent: where the platform keeps it (a file id, or an address)."""

    reference: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What a person said: typed, pressed, shared or photographed.

    `phone` is one that the platform vouches to be the sender's own. `message` is the platform's id
    of the message that a press belongs to, for changing it in place. `start` is the reference that
    a deep link brought. `press` is what the platform calls the press, for acknowledging it.
    """

    text: str = ""
    pressed: Pressed | None = None
    phone: str = ""
    picture: Picture | None = None
    start: str = ""
    in_group: bool = False
    message: str = ""
    press: str = ""
    language: Language | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """The person can no longer be reached: blocked us, left, or no longer exists."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Back:
    """The person can be reached again, without having said anything that wants an answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """The chat has another id from now on."""

    to: str


Meaning = Heard | Gone | Back | Moved
"""What an update means to us. Updates that mean nothing (receipts, edits of others) are None."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """Accepted. `message` is the platform's id of it, empty where it gives none."""

    message: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryAfter:
    """Not accepted for now. `halts`: nothing at all may be sent before (a 429); else this one."""

    wait: dt.timedelta
    halts: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """The platform may or may not have accepted it: the answer was lost."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """Refused for good. `unreachable`: so will be all others to this chat.

    `moved_to`: the chat's new id, where it has one. `alarm`: the office has to mend something
    first (a token, a permission, a balance).
    """

    reason: str
    unreachable: bool = False
    moved_to: str = ""
    alarm: bool = False


Outcome = Sent | RetryAfter | Unknown | Refused
"""What came of sending one payload. `reason` never holds a token, a text or a phone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    """How fast a platform lets us speak, by its documentation."""

    a_second: float
    chat_seconds: float = 0.0
    """The least time between two messages to one chat."""
    group_a_minute: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """All that one reply becomes on a channel: payloads in their order, and its buttons.

    `buttons` are the actions under the letter's token, by their number.
    """

    payloads: Sequence[Payload]
    buttons: Sequence[Action] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """What a reply is rendered for.

    `token` names its buttons (16 characters of `A-Za-z0-9_-`). `message` is the pressed message,
    which may be changed in place. `own_data` is the text of the file that the reply hands over.
    """

    token: str
    message: str = ""
    own_data: str = ""
    in_group: bool = False


class Channel(Protocol):
    """A platform that pushes updates and takes messages. Reading and rendering are pure."""

    name: ChannelName
    rates: Rates

    def understand(self, body: str) -> Meaning | None:
        """What a kept update means; None for what needs no answer. Never raises for any JSON."""
        ...

    def render(self, reply: Reply, occasion: Occasion) -> Letter:
        """The reply as payloads within the platform's limits; every choice stays reachable."""
        ...

    async def send(self, chat: str, payload: Payload, *, is_repeat: bool) -> Outcome:
        """Hand one payload to the platform. Never raises; ends within its own time limit.

        `is_repeat`: it may have arrived before, and says so.
        """
        ...

    async def hint(self, chat: str, heard: Heard, *, is_answered: bool = False) -> None:
        """Show that the message was heard (typing, a press acknowledged). Never raises.

        `is_answered`: the answer is on its way already, so nobody needs to see typing.
        """
        ...

    async def fetch(self, picture: Picture) -> bytes | None:
        """The picture's bytes, None when it cannot be had or is too large. Never raises."""
        ...
