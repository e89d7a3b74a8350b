"""One turn: from what came in and what is known to a reply and the next state. Pure."""

import datetime as dt
import re
from dataclasses import replace

from bot.dialogue.actions import Command, Follow, Unfollow, decode
from bot.dialogue.context import Context, Knowledge, Shelf, Turn
from bot.dialogue.conversation import AwaitingProof, Conversation
from bot.dialogue.proving import offered
from bot.dialogue.routes import Route, route_of
from bot.dialogue.steps import STEPS
from bot.messages import Incoming
from db.dossier_codes import dossier_codes_in
from knowledge.text import QUESTION_LIMIT, clean

_ABOUT_FOLLOWED = {Route.FOLLOWED, Route.UNFOLLOW, Route.DOSSIER}
_NUMBER = re.compile(r"\(?(\d{1,2})[.)]?")


def wanted_codes(incoming: Incoming, conversation: Conversation) -> tuple[str, ...]:
    """The dossier codes that a turn on this message may need, for fetching them before it."""
    if incoming.in_group:
        return ()
    is_typed = incoming.action is None and incoming.photo is None
    typed = dossier_codes_in(clean(incoming.text)) if is_typed else ()
    pending = conversation.awaiting
    asked = pending.codes if isinstance(pending, AwaitingProof) else ()
    proven = tuple(proof.code for proof in conversation.proven)
    return tuple(dict.fromkeys((*typed, *asked, *proven)))


def wants_followed(incoming: Incoming, conversation: Conversation) -> bool:
    """Whether a turn on this message may need to know what its address follows, without codes."""
    if incoming.in_group:
        return False
    if isinstance(_command(incoming, conversation), Follow | Unfollow):
        return True
    return route_of(clean(incoming.text)) in _ABOUT_FOLLOWED


def proof_in(incoming: Incoming, conversation: Conversation) -> str | None:
    """What was typed as a proof, where one was asked for: to be tried as a pairing code."""
    if incoming.in_group or not isinstance(conversation.awaiting, AwaitingProof):
        return None
    return offered(clean(incoming.text))


def is_try(incoming: Incoming, conversation: Conversation) -> bool:
    """Whether the message may be a try at a proof: then it is counted, one at a time."""
    if incoming.in_group or not isinstance(conversation.awaiting, AwaitingProof):
        return False
    return bool(incoming.phone) or proof_in(incoming, conversation) is not None


def take_turn(
    incoming: Incoming,
    conversation: Conversation,
    knowledge: Knowledge,
    dossiers: Shelf,
    now: dt.datetime,
) -> Turn:
    """Answer one message: the first step that has an answer gives it; the last step always does."""
    text = clean(incoming.text)
    command = _command(incoming, conversation)
    current = replace(
        conversation, proven=tuple(proof for proof in conversation.proven if proof.until > now)
    )
    named = knowledge.places.find(text)
    context = Context(
        text=text,
        question=named.rest,
        places=named.places,
        command=command,
        was_cut=len(incoming.text) > QUESTION_LIMIT,
        conversation=current,
        knowledge=knowledge,
        shelf=dossiers,
        now=now,
        in_group=incoming.in_group,
        photo=incoming.photo,
    )
    for step in STEPS:
        turn = step(context)
        if turn is not None:
            return turn
    raise AssertionError("The last step answers everything.")


def _command(incoming: Incoming, conversation: Conversation) -> Command | None:
    """The pressed button, or the one whose number was typed."""
    if incoming.action:
        return decode(incoming.action)
    return _numbered(clean(incoming.text), conversation)


def _numbered(text: str, conversation: Conversation) -> Command | None:
    found = _NUMBER.fullmatch(text)
    if found is None or not 1 <= int(found[1]) <= len(conversation.choices):
        return None
    return decode(conversation.choices[int(found[1]) - 1].action)
