"""The ways to show the right to know, beside what is typed from the receipt."""

from dataclasses import replace

import pytest

from bot.channels.plain import render_plain
from bot.dialogue.context import Outcome
from bot.messages import reply_to_json
from db.records import ProofKind
from tests.fakes.dossiers import PHONE, SECRET, TAIL, lans_dossier
from tests.fakes.talking import Talk

_CODE = lans_dossier().code
_ABSENT = "H48.14-261116-0777"


def _at_the_door(code: str = _CODE) -> Talk:
    talk = Talk(dossiers=[lans_dossier()])
    talk.say(code)
    return talk


def test_a_phone_that_the_platform_vouches_for_opens_with_the_history() -> None:
    turn = _at_the_door().share_phone(PHONE)
    assert turn.outcome is Outcome.ANSWERED_DOSSIER
    assert turn.conversation.proven[0].by is ProofKind.PHONE
    assert "Xem quá trình" in render_plain(turn.reply)
    assert turn.is_secret


def test_another_phone_and_an_absent_dossier_are_the_same_bytes() -> None:
    replies = []
    for code, phone in ((_CODE, "0900000002"), (_ABSENT, PHONE)):
        turn = _at_the_door(code).share_phone(phone)
        assert turn.outcome is Outcome.REFUSED_PROOF
        assert turn.attempt is not None
        replies.append(reply_to_json(turn.reply).replace(code, "CODE"))
    assert replies[0] == replies[1]


def test_a_typed_phone_is_no_proof() -> None:
    assert _at_the_door().say(PHONE).outcome is Outcome.ASKED_PROOF


def test_a_phone_that_nobody_asked_for_is_not_kept() -> None:
    talk = Talk(dossiers=[lans_dossier()])
    turn = talk.share_phone(PHONE)
    assert turn.outcome is Outcome.ASKED_CODE
    assert turn.is_secret
    assert PHONE not in talk.conversation.__repr__()
    assert talk.say(_CODE).outcome is Outcome.ASKED_PROOF


def test_a_pairing_code_that_was_taken_opens_with_the_history() -> None:
    talk = _at_the_door()
    talk.paired = frozenset({_CODE})
    turn = talk.say("K7QM4ZP2")
    assert turn.outcome is Outcome.ANSWERED_DOSSIER
    assert turn.conversation.proven[0].by is ProofKind.PAIRING


def test_a_pairing_code_is_taken_for_the_dossier_asked_for_only() -> None:
    talk = _at_the_door(_ABSENT)
    talk.paired = frozenset({_CODE})
    assert talk.say("K7QM4ZP2").outcome is Outcome.REFUSED_PROOF


def test_whoever_is_locked_out_is_not_let_in_by_a_phone_either() -> None:
    talk = _at_the_door()
    talk.is_locked = True
    assert talk.share_phone(PHONE).outcome is Outcome.REFUSED_LOCKED


@pytest.mark.parametrize("said", [_CODE, f"{_CODE} {SECRET}", "xin chào", "hồ sơ của tôi", TAIL])
def test_a_group_gets_one_sentence_and_never_a_dossier(said: str) -> None:
    talk = _at_the_door()
    talk.say(TAIL)
    turn = talk.say_in_group(said)
    assert turn.outcome is Outcome.REFUSED_GROUP
    assert turn.is_secret
    assert _CODE not in render_plain(turn.reply)
    assert len(turn.reply.blocks) == 1
    assert not turn.reply.exits
    assert not turn.conversation.proven


def test_the_group_sentence_is_the_same_whatever_is_said() -> None:
    talk = Talk(dossiers=[lans_dossier()])
    said = {
        reply_to_json(replace(talk.say_in_group(text).reply)) for text in (_CODE, _ABSENT, "alo")
    }
    assert len(said) == 1
