"""Faults on demand: what the network and Telegram do to a request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class End(StrEnum):
    """How a faulty exchange ends."""

    ANSWER = "answer"
    HANG_UP = "hang_up"
    """The connection is closed without an answer."""
    SILENCE = "silence"
    """No answer comes, the connection stays open until the client gives up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What happens instead of a proper answer. `accepts`: the method is carried out all the same.

    `body` None is a JSON answer of the Bot API; a text is what a proxy in front would send.
    """

    status: int = 500
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    body: str | None = None
    accepts: bool = False
    end: End = End.ANSWER


def too_many(seconds: int) -> Fault:
    """429: the fake keeps to its own halt and counts who does not."""
    return Fault(
        status=429,
        description=f"Too Many Requests: retry after {seconds}",
        parameters={"retry_after": seconds},
    )


def refusal(status: int, description: str) -> Fault:
    """A 4xx with Telegram's text."""
    return Fault(status=status, description=description)


def broken(status: int = 502, *, accepts: bool = False) -> Fault:
    """A 5xx page of the proxy in front of Telegram."""
    page = f"<html><head><title>{status}</title></head></html>"
    return Fault(status=status, body=page, accepts=accepts)


LOST_BEFORE = Fault(end=End.SILENCE)
"""The request is never acted upon, and no answer comes."""

LOST_AFTER = Fault(end=End.SILENCE, accepts=True)
"""The request is acted upon, and no answer comes."""

HUNG_UP_BEFORE = Fault(end=End.HANG_UP)
HUNG_UP_AFTER = Fault(end=End.HANG_UP, accepts=True)


class Faults:
    """Scripted faults, used up in order; then `chance`, asked for every request."""

    def __init__(self) -> None:
        self._script: list[tuple[str, Fault]] = []
        self.chance: Callable[[str], Fault | None] = lambda _method: None

    def next(self, fault: Fault, *, method: str = "", times: int = 1) -> None:
        """Let the next `times` requests (of one method) meet this fault."""
        self._script += [(method, fault)] * times

    def meet(self, method: str) -> Fault | None:
        """The fault that this request meets."""
        for place, (only, fault) in enumerate(self._script):
            if only in {"", method}:
                del self._script[place]
                return fault
        return self.chance(method)
