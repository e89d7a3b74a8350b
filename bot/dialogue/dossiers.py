"""Looking up a dossier: the code, the proof of the right to know, the state of things.

Whether a code exists is itself private: "no such dossier" and "wrong proof" are one reply, made
with one amount of work.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue import deadlines, dossier_cards
from bot.dialogue.actions import ShowDossier
from bot.dialogue.context import Attempt, Context, Outcome, Turn
from bot.dialogue.conversation import AwaitingCode, AwaitingProof, Proven
from bot.dialogue.routes import Route, route_of
from bot.messages import Block, Heading, Items, Paragraph
from db.dossier_codes import dossier_codes_in, text_beside_codes
from db.records import Dossier, ProofKind
from knowledge.text import fold

PROOF_LASTS = dt.timedelta(minutes=30)
"""How long a proof holds in a conversation: a phone is put down, another hand picks it up."""

_SEES_ALL = {ProofKind.RECEIPT_SECRET, ProofKind.PHONE}

TAIL_DIGITS = 6
"""Digits of the personal number asked for: its random part, 20 bits."""

_SEPARATORS = re.compile(r"[\s.\-–—]+")
_LOOKS_LIKE_PROOF = re.compile(r"[0-9a-zA-Z]{4,16}")
_LONE_TAIL = re.compile(r"[0-9]{6}|[0-9]{12}")
_LONE_SECRET = re.compile(r"(?=.*[2-7])(?=.*[A-Za-z])[A-Za-z2-7]{8}")
_PHONE = re.compile(r"(?:0|84)[0-9]{9}")
_ABOUT_THE_DOSSIER = {
    Route.DOSSIER,
    Route.DOSSIER_AGAIN,
    Route.DOSSIER_HISTORY,
    Route.DOSSIER_WHY,
}
_SECRET = re.compile(r"[A-Za-z2-7]{8}")


def follow_button(context: Context) -> Turn | None:
    """Show a proven dossier or its history; an unproven one is asked for again."""
    match context.command:
        case ShowDossier(code=code) as wanted:
            return _show_proven(context, code, wanted) or _ask_proof(context, (code,))
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
    beside = _answer_in(text_beside_codes(context.text))
    return replace(_ask_proof(context, codes), is_secret=beside is not None)


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
    """A message that answers our question for a proof."""
    pending = context.conversation.awaiting
    if not isinstance(pending, AwaitingProof):
        return None
    answer = _answer_in(context.text)
    if answer is None:
        return None
    if _PHONE.fullmatch(answer):  # no try: nobody's proof has this form
        return replace(_ask_proof(context, pending.codes), is_secret=True)
    say = context.say.dossiers
    if context.shelf.is_locked:
        blocks = [Paragraph(text=say.locked)]
        return context.turn(Outcome.REFUSED_LOCKED, blocks, is_secret=True, is_private=True)
    opened = _open(context, pending.codes, answer)
    attempt = Attempt(codes=pending.codes, succeeded=opened is not None)
    if opened is None:
        refusal: list[Block] = [
            Paragraph(text=say.not_proven.format(code=pending.codes[0])),
            Paragraph(text=say.not_proven_help),
        ]
        return context.turn(
            Outcome.REFUSED_PROOF,
            refusal,
            is_secret=True,
            is_private=True,
            attempt=attempt,
            consented=True,
        )
    dossier, kind = opened
    proof = Proven(code=dossier.code, by=kind, until=context.now + PROOF_LASTS)
    others = tuple(known for known in context.conversation.proven if known.code != dossier.code)
    conversation = replace(context.conversation, awaiting=None, proven=(*others, proof))
    turn = _show(replace(context, conversation=conversation), dossier, kind)
    return replace(turn, is_secret=True, attempt=attempt, consented=True)


def await_code(context: Context) -> Turn | None:
    """We asked for a code and something with digits came that is none."""
    if not isinstance(context.conversation.awaiting, AwaitingCode):
        return None
    digits = sum(char.isdigit() for char in context.text)
    if digits < TAIL_DIGITS:
        return None
    blocks = [Paragraph(text=context.say.dossiers.bad_code)]
    return context.turn(Outcome.ASKED_CODE, blocks, is_secret=True)


def _ask_proof(context: Context, codes: Sequence[str]) -> Turn:
    say = context.say.dossiers
    blocks: list[Block] = [
        Heading(text=say.ask_proof_title),
        Paragraph(text=say.ask_proof.format(code=codes[0])),
        Items(items=say.ask_proof_ways),
        Paragraph(text=say.ask_proof_consent),
    ]
    conversation = replace(context.conversation, awaiting=AwaitingProof(codes=tuple(codes)))
    return context.turn(Outcome.ASKED_PROOF, blocks, conversation=conversation)


def _answer_in(text: str) -> str | None:
    """The proof in a message, digits and letters only: all of it, or the one that stands in it."""
    plain = unicodedata.normalize("NFKC", text)
    joined = _SEPARATORS.sub("", plain)
    if _is_an_answer(plain, joined):
        return joined
    words = re.findall(r"[A-Za-z0-9]+", plain)
    proofs = [word for word in words if _LONE_TAIL.fullmatch(word) or _LONE_SECRET.fullmatch(word)]
    return proofs[0] if len(proofs) == 1 else None


def _is_an_answer(text: str, joined: str) -> bool:
    """A proof, or a try at one: one short run of letters and digits with a digit in it."""
    if joined.isdigit():
        return len(joined) >= 4
    if _LONE_SECRET.fullmatch(joined) and len(text.split()) <= 4:
        return True
    if _SECRET.fullmatch(joined) and len(text.split()) <= 2 and fold(text) == text.casefold():
        return True
    return bool(
        _LOOKS_LIKE_PROOF.fullmatch(joined)
        and any(char.isdigit() for char in joined)
        and len(text.split()) <= 2
    )


def _open(context: Context, codes: Sequence[str], answer: str) -> tuple[Dossier, ProofKind] | None:
    """Compare with every dossier the code can mean; absent ones cost the same."""
    opened: tuple[Dossier, ProofKind] | None = None
    tail = answer[-TAIL_DIGITS:] if answer.isdigit() else answer
    for code in codes:
        entry = context.shelf.entries.get(code)
        proofs = entry[1] if entry else context.shelf.absent
        by_tail = proofs.matches(ProofKind.NUMBER_TAIL, tail) and not context.shelf.tail_is_closed
        by_secret = proofs.matches(ProofKind.RECEIPT_SECRET, answer.upper())
        if entry and (by_tail or by_secret):
            kind = ProofKind.RECEIPT_SECRET if by_secret else ProofKind.NUMBER_TAIL
            opened = (entry[0], kind)
    return opened


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
        blocks = dossier_cards.history(dossier, say)
    elif shown.why:
        blocks = deadlines.explanation(dossier, timekeeper, say, context.now)
    else:
        blocks = dossier_cards.status(dossier, timekeeper, say, context.now)
    choices = dossier_cards.choices(
        dossier, say, shown=shown, sees_history=sees_all, procedure=procedure
    )
    conversation = replace(context.conversation, topic=None)
    return context.turn(
        Outcome.ANSWERED_DOSSIER, blocks, choices, conversation=conversation, is_private=True
    )
