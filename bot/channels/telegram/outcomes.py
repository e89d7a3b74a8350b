"""Telegram's errors, mapped once to what they mean for a message."""

import datetime as dt
import re

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from bot.channels.base import Outcome, Refused, RetryAfter, Sent, Unknown
from bot.channels.telegram.api import ServerTrouble, TooFast

SOON = dt.timedelta(seconds=5)
"""Before a message is tried again that never reached Telegram."""

_GONE = (
    "blocked by the user",
    "user is deactivated",
    "bot was kicked",
    "bot is not a member",
    "can't initiate conversation",
    "can't send messages to",
    "the group chat was deleted",
)
_UNREACHABLE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user_deactivated",
    "have no rights to send",
    "not enough rights to send",
    "chat_write_forbidden",
    "chat_restricted",
    "need administrator rights",
)
_NOT_MODIFIED = "message is not modified"
_CANNOT_EDIT = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.WriteTimeout,  # the body was cut short, so it cannot have been acted upon
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_SAFE_WORDS = re.compile(r"[A-Za-z_' -]{1,60}")


def outcome_of(error: TelegramError, *, repeatable: bool = False) -> Outcome:
    """What an error means. `repeatable`: doing it twice does no harm, so doubt is a retry.

    5xx counts as doubt: Telegram's front answers 502 and 504 also for what its back has done.
    """
    match error:
        case TooFast(wait=wait):
            return RetryAfter(wait=wait, halts=True, reason="429 too many requests")
        case ChatMigrated(new_chat_id=chat):
            return Refused(reason="the group became a supergroup", moved_to=str(chat))
        case Forbidden():
            return _forbidden(error.message)
        case InvalidToken() | EndPointNotFound():
            return Refused(reason="Telegram does not accept the token or the address", alarm=True)
        case Conflict():
            return Refused(reason=safe(error.message), alarm=True)
        case BadRequest():
            return _bad_request(error.message)
        case ServerTrouble(status=status):
            return _doubt(f"server answered {status}", repeatable=repeatable)
        case NetworkError():
            return _by_cause(error, repeatable=repeatable)
        case _:
            return _doubt("the answer could not be read", repeatable=repeatable)


def cannot_edit(error: TelegramError) -> bool:
    """Whether the message to change is gone or not ours to change: then a new one is sent."""
    text = error.message.lower()
    return isinstance(error, BadRequest) and any(known in text for known in _CANNOT_EDIT)


def safe(description: str) -> str:
    """The fixed words at the beginning of Telegram's description, never what follows them."""
    bare = re.sub(r"^(Bad Request|Forbidden|Conflict): ", "", description)
    found = _SAFE_WORDS.match(bare)
    return found[0].strip() if found else "refused without a reason"


def why(error: TelegramError) -> str:
    """A reason without secrets: Telegram's fixed words, or the kind of trouble on the way."""
    if isinstance(error, ServerTrouble):
        return f"server answered {error.status}"
    cause = error.__cause__
    return type(cause).__name__ if cause else safe(error.message)


def _forbidden(description: str) -> Outcome:
    """This person is gone; or, said by whoever stands between, nobody can be reached."""
    is_gone = any(known in description.lower() for known in _GONE)
    return Refused(reason=safe(description), unreachable=is_gone, alarm=not is_gone)


def _bad_request(description: str) -> Outcome:
    text = description.lower()
    if _NOT_MODIFIED in text:
        return Sent()
    unreachable = any(known in text for known in _UNREACHABLE)
    return Refused(reason=safe(description), unreachable=unreachable)


def _by_cause(error: NetworkError, *, repeatable: bool) -> Outcome:
    """A connection that failed before anything left is safe to try again; later, nobody knows."""
    cause = error.__cause__
    if isinstance(cause, _NEVER_LEFT):
        return RetryAfter(wait=SOON, reason=f"not sent: {type(cause).__name__}")
    if cause is None:
        return Refused(reason=safe(error.message))  # another 4xx, such as 413
    return _doubt(f"no answer: {type(cause).__name__}", repeatable=repeatable)


def _doubt(reason: str, *, repeatable: bool) -> Outcome:
    if repeatable:
        return RetryAfter(wait=SOON, reason=reason)
    return Unknown(reason=reason)
