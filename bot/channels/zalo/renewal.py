"""When the tokens are renewed, and what a failed renewal means: pure rules."""

import datetime as dt

from bot.channels.zalo.oauth import SECONDS, Answer, Declined, Granted, Lost, Unreached
from db.channel_tokens import KeptTokens, Setback, TokenPair, Trouble

EARLY = 0.8
"""The share of an access token's life after which it is renewed: 20 of 25 hours."""

LEASE = dt.timedelta(seconds=2 * SECONDS)
"""Longer than one answer is waited for, so that two never ask at the same time."""

ASK_AGAIN = {
    Trouble.UNREACHED: dt.timedelta(minutes=1),
    Trouble.LOST: dt.timedelta(minutes=1),
    Trouble.REFUSED: dt.timedelta(hours=1),
}
"""After a lost answer the same token is tried once more, to know whether it is spent. After a no
that follows a loss it is known: there is nothing left to try."""

ENDS_SOON = dt.timedelta(days=7)
"""A refresh token with less than this left is worth a warning: an office must be told in time."""

_MARGIN = dt.timedelta(minutes=1)  # an access token that ends sooner is not begun with
_AT_MOST_EVERY = dt.timedelta(minutes=1)  # however often the platform refuses fresh tokens

ALARMS = {
    Trouble.UNREACHED: "Zalo could not be reached to renew the tokens. It is tried again.",
    Trouble.LOST: "Zalo's answer to a renewal of the tokens was lost. The access token in use is "
    "used on; the refresh token is tried once more.",
    Trouble.REFUSED: "Zalo refuses to renew the tokens. Check the app's secret, or authorise the "
    "account anew.",
    Trouble.SPENT: "The Zalo refresh token is spent and its successor was lost. Authorise the "
    "account anew before the access token in use ends.",
}


def is_good(until: dt.datetime, now: dt.datetime) -> bool:
    """Whether a token may still be called with."""
    return until - now > _MARGIN


def wants_renewal(kept: KeptTokens, now: dt.datetime) -> bool:
    """Whether it is time, or somebody died while asking; and asking makes sense."""
    life = kept.pair.access_until - kept.pair.got_at
    is_late = now >= kept.pair.got_at + EARLY * life
    return (is_late or kept.asked_at is not None) and _may_ask(kept, now)


def may_be_forced(kept: KeptTokens, now: dt.datetime) -> bool:
    """Whether a pair that the platform refused may be renewed before its time."""
    return now - kept.pair.got_at >= _AT_MOST_EVERY and _may_ask(kept, now)


def _may_ask(kept: KeptTokens, now: dt.datetime) -> bool:
    waits = kept.try_again_at is not None and kept.try_again_at > now
    return not (waits or kept.trouble is Trouble.SPENT or kept.is_leased(now))


def pair_of(answer: Granted, now: dt.datetime) -> TokenPair:
    """The pair as it is kept; its life counts from when it was asked for."""
    return TokenPair(
        access=answer.access,
        access_until=now + answer.life,
        refresh=answer.refresh,
        refresh_until=now + answer.refresh_life,
        got_at=now,
    )


def setback_of(answer: Answer, before: Trouble, now: dt.datetime) -> Setback:
    """What a failed answer means, after what came before: a no after a loss proves the loss."""
    was_lost = before is Trouble.LOST
    match answer:
        case Unreached(why=why):
            trouble = Trouble.LOST if was_lost else Trouble.UNREACHED
        case Lost(why=why):
            trouble = Trouble.LOST
        case Declined(why=why):
            trouble = Trouble.SPENT if was_lost else Trouble.REFUSED
        case Granted():
            raise ValueError("A pair is no setback.")
    again = ASK_AGAIN.get(trouble)
    return Setback(trouble=trouble, why=why, at=now, try_again_at=now + again if again else None)


def warnings_of(kept: KeptTokens | None, now: dt.datetime) -> list[str]:
    """What an administrator must know, in plain sentences."""
    if kept is None:
        return ["There are no tokens for Zalo yet. Authorise the account once."]
    said = []
    if kept.trouble is not Trouble.NONE:
        said.append(f"{ALARMS[kept.trouble]} Zalo's word for it: {kept.why}.")
    if not is_good(kept.pair.access_until, now):
        said.append("The access token for Zalo has ended: messages wait until there is a new one.")
    if kept.pair.refresh_until - now < ENDS_SOON:
        said.append(
            f"The refresh token for Zalo ends on {kept.pair.refresh_until:%d/%m/%Y}. "
            "Authorise the account anew before."
        )
    return said
