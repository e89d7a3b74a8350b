"""What is kept of a turn, and of a person: starred where it is private, hashed where it proves."""

import datetime as dt
import json
import re
import time
from hashlib import sha256

from bot.dialogue.context import Agreed, Followed, Purpose, Turn, Unfollowed
from bot.messages import Address, Incoming, reply_to_json
from db.records import Consent, TurnRecord
from db.secrets import Keyring
from db.work import UnitOfWork
from knowledge.text import clean

CONSENT_VERSION = "2"

STARS = "••••••"

_LONG_NUMBER = re.compile(r"\d(?:[ .\-]?\d){5,}")
_SECRET_LIKE = re.compile(r"\b(?=[a-z]*[0-9])(?=[0-9]*[a-z])[a-z0-9]{8}\b", re.IGNORECASE)
_MOST_TURNS = 100_000  # of one address: more than days of typing


def record_of(
    incoming: Incoming, turn: Turn, revision: int, started: float, *, asked_for_proof: bool
) -> TurnRecord:
    """The turn as it is kept. `started` is what `time.perf_counter` said when it came in."""
    candidates = turn.match.candidates if turn.match else ()
    may_hold_a_proof = asked_for_proof and any(char.isdigit() for char in incoming.text)
    return TurnRecord(
        at=incoming.at,
        said=STARS if turn.is_secret or may_hold_a_proof else starred(incoming.text),
        reply=reply_to_json(turn.reply),
        outcome=turn.outcome.value,
        facet=turn.facets[0].value if turn.facets else "",
        code=turn.code or "",
        revision=revision,
        candidates=tuple((candidate.code, candidate.confidence) for candidate in candidates),
        milliseconds=round((time.perf_counter() - started) * 1000, 2),
    )


def starred(text: str) -> str:
    """Star phones, personal numbers, dossier codes, and whatever looks like a secret."""
    hidden = _SECRET_LIKE.sub(STARS, clean(text))
    return _LONG_NUMBER.sub(lambda found: "•" * min(len(found[0]), 12), hidden)


def consent_of(incoming: Incoming, agreed: Agreed) -> Consent:
    """The consent as it is kept: to which words, by their hash."""
    return Consent(
        channel=incoming.address.channel.value,
        chat=incoming.address.chat,
        purpose=agreed.purpose.value,
        wording_version=CONSENT_VERSION,
        wording_hash=sha256(agreed.wording.encode()).hexdigest(),
        given_at=incoming.at,
    )


async def keep_following(
    unit: UnitOfWork, incoming: Incoming, wanted: Followed | Unfollowed
) -> None:
    """Begin or end to follow a dossier; with the last one the consent is withdrawn."""
    channel, chat = incoming.address.channel.value, incoming.address.chat
    match wanted:
        case Followed(code=code, by=by):
            await unit.subscriptions.follow(channel, chat, code, by=by, at=incoming.at)
        case Unfollowed(code=code):
            await unit.subscriptions.unfollow(channel, chat, code)
            if not await unit.subscriptions.codes_of(channel, chat):
                await unit.consents.withdraw(channel, chat, Purpose.FOLLOWING.value, incoming.at)


async def own_data(unit: UnitOfWork, address: Address) -> str:
    """Everything that is held about an address, as JSON: what was said, agreed to and followed."""
    channel, chat = address.channel.value, address.chat
    held = {
        "channel": channel,
        "messages": [
            {"at": turn.at.isoformat(), "said": turn.said, "reply": json.loads(turn.reply)}
            for turn in await unit.conversations.turns(channel, chat, _MOST_TURNS)
        ],
        "consents": [
            {
                "purpose": consent.purpose,
                "wording_version": consent.wording_version,
                "given_at": consent.given_at.isoformat(),
                "withdrawn_at": consent.withdrawn_at and consent.withdrawn_at.isoformat(),
            }
            for consent in await unit.consents.of(channel, chat)
        ],
        "followed": [
            {"code": one.code, "proof": one.by.value, "since": one.since.isoformat()}
            for one in await unit.subscriptions.of(channel, chat)
        ],
    }
    return json.dumps(held, ensure_ascii=False, indent=2)


async def erase(unit: UnitOfWork, address: Address, keyring: Keyring, at: dt.datetime) -> None:
    """Delete what is held about an address. Consents stay, withdrawn and under a hash.

    Wrong proofs stay as well, hashed and for two days: deleting is no way to guess anew.
    """
    channel, chat = address.channel.value, address.chat
    await unit.conversations.forget(channel, chat)
    await unit.subscriptions.forget(channel, chat)
    await unit.inbox.forget(channel, chat)
    await unit.outbox.forget(channel, chat)
    await unit.channels.forget_chat(channel, chat)
    await unit.consents.disown(channel, chat, keyring.chat_hash(channel, chat), at)
