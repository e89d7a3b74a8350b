"""Zalo's error codes, as `errors.toml` lists them, into what became of a message."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from bot.channels.base import Outcome, Refused, RetryAfter

MORNING = dt.time(6, 5)
"""Messages refused at night (22:00 to 05:59) are tried again a little after it ends."""

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Bucket(StrEnum):
    """What is to be done about an error."""

    RENEW = "renew"
    SLOW = "slow"
    UNREACHABLE = "unreachable"
    MORNING = "morning"
    DATA = "data"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True, slots=True)
class ZaloError:
    """One code. A code that is not listed calls an administrator: it is never passed over."""

    bucket: Bucket
    meaning: str
    seconds: int = 0
    halts: bool = False


@cache
def errors() -> dict[int, ZaloError]:
    """All known codes."""
    text = (files("bot.channels.zalo") / "errors.toml").read_text("utf-8")
    return TypeAdapter(dict[int, ZaloError]).validate_python(tomllib.loads(text))


def bucket_of(code: int) -> Bucket:
    """What is to be done about a code."""
    known = errors().get(code)
    return known.bucket if known else Bucket.ADMIN


def outcome_of(code: int, now: dt.datetime) -> Outcome:
    """What became of a message that Zalo answered with an error."""
    known = errors().get(code)
    if known is None:
        return Refused(reason=f"Zalo {code}, which is not documented", alarm=True)
    reason = f"Zalo {code}: {known.meaning}"
    match known.bucket:
        case Bucket.RENEW:
            wait = dt.timedelta(minutes=1)
            return RetryAfter(wait=wait, halts=True, reason=reason)
        case Bucket.SLOW:
            wait = dt.timedelta(seconds=known.seconds)
            return RetryAfter(wait=wait, halts=known.halts, reason=reason)
        case Bucket.MORNING:
            return RetryAfter(wait=until_morning(now), reason=reason)
        case Bucket.UNREACHABLE:
            return Refused(reason=reason, unreachable=True)
        case Bucket.DATA:
            return Refused(reason=reason)
        case Bucket.ADMIN:
            return Refused(reason=reason, alarm=True)


def until_morning(now: dt.datetime) -> dt.timedelta:
    """How long until the next morning in Vietnam."""
    local = now.astimezone(_ZONE)
    morning = dt.datetime.combine(local.date(), MORNING, _ZONE)
    if morning <= local:
        morning += dt.timedelta(days=1)
    return morning - local
