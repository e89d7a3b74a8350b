"""Proofs of the right to know: asked for, recognised in a message, compared."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.dialogue.context import Context, Outcome, Turn
from bot.dialogue.conversation import AwaitingProof
from bot.messages import Block, Heading, Items, Paragraph
from db.records import Dossier, ProofKind
from knowledge.text import fold

TAIL_DIGITS = 6
"""Digits of the personal number asked for: its random part, 20 bits."""

_SEPARATORS = re.compile(r"[\s.\-–—]+")
_LOOKS_LIKE_PROOF = re.compile(r"[0-9a-zA-Z]{4,16}")
_LONE_TAIL = re.compile(r"[0-9]{6}|[0-9]{12}")
_LONE_SECRET = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]{8}")
_PHONE = re.compile(r"(?:0|84)[0-9]{9}")
_LETTERS_ONLY = re.compile(r"[A-Za-z2-7]{8}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A dossier whose right to know was shown, and how."""

    dossier: Dossier
    by: ProofKind


def ask(context: Context, codes: Sequence[str]) -> Turn:
    """Ask for a proof of the right to know, whether or not there is such a dossier."""
    say = context.say.dossiers
    blocks: list[Block] = [
        Heading(text=say.ask_proof_title),
        Paragraph(text=say.ask_proof.format(code=codes[0])),
        Items(items=say.ask_proof_ways),
        Paragraph(text=say.ask_proof_consent),
    ]
    conversation = replace(context.conversation, awaiting=AwaitingProof(codes=tuple(codes)))
    turn = context.turn(Outcome.ASKED_PROOF, blocks, conversation=conversation)
    return replace(turn, reply=replace(turn.reply, asks_proof=True))


def offered(text: str) -> str | None:
    """The proof in a message, digits and letters only: all of it, or the one that stands in it."""
    plain = unicodedata.normalize("NFKC", text)
    joined = _SEPARATORS.sub("", plain)
    if _is_an_answer(plain, joined):
        return joined
    words = re.findall(r"[A-Za-z0-9]+", plain)
    proofs = [word for word in words if _LONE_TAIL.fullmatch(word) or _LONE_SECRET.fullmatch(word)]
    return proofs[0] if len(proofs) == 1 else None


def is_typed_phone(answer: str) -> bool:
    """Whether it is a phone: anybody can type one, so it is nobody's proof."""
    return _PHONE.fullmatch(answer) is not None


def compare(context: Context, codes: Sequence[str], answer: str | None) -> Opened | None:
    """Compare with every dossier that the code can mean; absent ones cost the same.

    `answer` is what was typed, None when only the platform vouched for a phone.
    """
    opened: Opened | None = None
    for code in codes:
        entry = context.shelf.entries.get(code)
        kind = _kind(context, code, answer)
        if entry and kind:
            opened = Opened(dossier=entry[0], by=kind)
    return opened


def _kind(context: Context, code: str, answer: str | None) -> ProofKind | None:
    """By what the message shows the right to know; each way is tried, whichever opens first."""
    shelf = context.shelf
    entry = shelf.entries.get(code)
    proofs = entry[1] if entry else shelf.absent
    typed = answer or ""
    tail = typed[-TAIL_DIGITS:] if typed.isdigit() else typed
    shown = {
        ProofKind.PHONE: proofs.is_phone_of(shelf.phone),
        ProofKind.PAIRING: code in shelf.paired,
        ProofKind.RECEIPT_SECRET: proofs.matches(ProofKind.RECEIPT_SECRET, typed.upper()),
        ProofKind.NUMBER_TAIL: proofs.matches(ProofKind.NUMBER_TAIL, tail)
        and not shelf.tail_is_closed,
    }
    return next((kind for kind, is_shown in shown.items() if is_shown), None)


def _is_an_answer(text: str, joined: str) -> bool:
    """A proof, or a try at one: one short run of letters and digits with a digit in it."""
    if joined.isdigit():
        return len(joined) >= 4
    if _LONE_SECRET.fullmatch(joined) and len(text.split()) <= 4:
        return True
    if _LETTERS_ONLY.fullmatch(joined) and len(text.split()) <= 2 and fold(text) == text.casefold():
        return True
    return bool(
        _LOOKS_LIKE_PROOF.fullmatch(joined)
        and any(char.isdigit() for char in joined)
        and len(text.split()) <= 2
    )
