"""Looking up a dossier: the code, the proof of the right to know, the state of things.

Whether a code exists is itself private: "no such dossier" and "wrong proof" are one reply, made
with one amount of work.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue import deadlines, dossier_cards, following, proving
from bot.dialogue.actions import ShowDossier
from bot.dialogue.context import Agreed, Attempt, Context, Outcome, Purpose, Turn
from bot.dialogue.conversation import AwaitingCode, AwaitingProof, Proven
from bot.dialogue.routes import Route, route_of
from bot.messages import Block, Paragraph
from db.dossier_codes import dossier_codes_in, text_beside_codes
from db.records import Dossier, ProofKind

PROOF_LASTS = dt.timedelta(minutes=30)
"""How long a proof holds in a conversation: a phone is put down, another hand picks it up."""

_SEES_ALL = {ProofKind.RECEIPT_SECRET, ProofKind.PHONE, ProofKind.PAIRING}

_ABOUT_THE_DOSSIER = {
    Route.DOSSIER,
    Route.DOSSIER_AGAIN,
    Route.DOSSIER_HISTORY,
    Route.DOSSIER_WHY,
}


def follow_button(context: Context) -> Turn | None:
    """Show a proven dossier or its history; an unproven one is asked for again."""
    match context.command:
        case ShowDossier(code=code) as wanted:
            return _show_proven(context, code, wanted) or proving.ask(context, (code,))
        case _:
            return None


def look_up(context: Context) -> Turn | None:
    """A message that holds a dossier code."""
    codes = dossier_codes_in(context.text)
    if not codes:
        return None
    for code in codes:
        shown = _show_proven(context, code)
        if shown:
            return shown
    beside = proving.offered(text_beside_codes(context.text))
    return replace(proving.ask(context, codes), is_secret=beside is not None)


def follow_up(context: Context) -> Turn | None:
    """A word about the dossier that was opened last: how it stands, when it is done, its past."""
    route = route_of(context.text)
    if not context.conversation.proven or route not in _ABOUT_THE_DOSSIER:
        return None
    if route is not Route.DOSSIER and context.conversation.topic is not None:
        return None  # a procedure was talked of since
    code = context.conversation.proven[-1].code
    wanted = ShowDossier(
        code=code, history=route is Route.DOSSIER_HISTORY, why=route is Route.DOSSIER_WHY
    )
    return _show_proven(context, code, wanted)


def prove(context: Context) -> Turn | None:
    """A message that answers our question for a proof, typed or vouched for by the platform."""
    pending = context.conversation.awaiting
    if not isinstance(pending, AwaitingProof):
        return None
    answer = proving.offered(context.text)
    if answer is None and not context.shelf.phone:
        return None
    if answer and proving.is_typed_phone(answer):  # no try: nobody's proof has this form
        return replace(proving.ask(context, pending.codes), is_secret=True)
    say = context.say.dossiers
    if context.shelf.is_locked:
        blocks = [Paragraph(text=say.locked)]
        return context.turn(Outcome.REFUSED_LOCKED, blocks, is_secret=True, is_private=True)
    opened = proving.compare(context, pending.codes, answer)
    turn = _show_opened(context, opened) if opened else _refuse(context, pending.codes, answer)
    return replace(
        turn,
        is_secret=True,
        attempt=Attempt(codes=pending.codes, succeeded=opened is not None),
        agreed=Agreed(purpose=Purpose.LOOKUP, wording=say.ask_proof_consent),
    )


def phone_without_code(context: Context) -> Turn | None:
    """A phone was shared and no dossier is asked for: nothing is done with it."""
    if not context.shelf.phone:
        return None
    conversation = replace(context.conversation, awaiting=AwaitingCode())
    blocks = [Paragraph(text=context.say.dossiers.phone_first_code)]
    return replace(
        context.turn(Outcome.ASKED_CODE, blocks, conversation=conversation), is_secret=True
    )


def await_code(context: Context) -> Turn | None:
    """We asked for a code and something with digits came that is none."""
    if not isinstance(context.conversation.awaiting, AwaitingCode):
        return None
    digits = sum(char.isdigit() for char in context.text)
    if digits < proving.TAIL_DIGITS:
        return None
    blocks = [Paragraph(text=context.say.dossiers.bad_code)]
    return context.turn(Outcome.ASKED_CODE, blocks, is_secret=True)


def _refuse(context: Context, codes: Sequence[str], answer: str | None) -> Turn:
    say = context.say.dossiers
    told = say.not_proven if answer else say.not_proven_phone
    blocks: list[Block] = [
        Paragraph(text=told.format(code=codes[0])),
        Paragraph(text=say.not_proven_help),
    ]
    return context.turn(Outcome.REFUSED_PROOF, blocks, is_private=True)


def _show_opened(context: Context, opened: proving.Opened) -> Turn:
    code = opened.dossier.code
    proof = Proven(code=code, by=opened.by, until=context.now + PROOF_LASTS)
    others = tuple(known for known in context.conversation.proven if known.code != code)
    conversation = replace(context.conversation, awaiting=None, proven=(*others, proof))
    return _show(replace(context, conversation=conversation), opened.dossier, opened.by)


def _show_proven(context: Context, code: str, wanted: ShowDossier | None = None) -> Turn | None:
    proof = next((known for known in context.conversation.proven if known.code == code), None)
    entry = context.shelf.entries.get(code)
    if proof is None or entry is None:
        return None
    conversation = replace(context.conversation, awaiting=None)
    return _show(replace(context, conversation=conversation), entry[0], proof.by, wanted)


def _show(
    context: Context, dossier: Dossier, by: ProofKind, wanted: ShowDossier | None = None
) -> Turn:
    say, timekeeper = context.say, context.knowledge.timekeeper
    sees_all = by in _SEES_ALL
    procedure = context.knowledge.revision.current_with(dossier.procedure_code)
    shown = wanted or ShowDossier(code=dossier.code)
    if shown.history and sees_all:
        blocks = dossier_cards.history(dossier, say, context.now)
    elif shown.why:
        blocks = deadlines.explanation(dossier, timekeeper, say, context.now)
    else:
        blocks = dossier_cards.status(dossier, timekeeper, say, context.now)
    choices = dossier_cards.choices(dossier, say, shown=shown, sees_history=sees_all)
    if not (shown.history or shown.why):
        choices += following.choices(context, dossier)
    choices += dossier_cards.procedure_choice(procedure, say)
    conversation = replace(context.conversation, topic=None)
    return context.turn(
        Outcome.ANSWERED_DOSSIER, blocks, choices, conversation=conversation, is_private=True
    )
