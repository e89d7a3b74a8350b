"""Whatever is sent gets a reply, quickly, with a way out."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Action, reply_to_json
from tests.fakes.dossiers import lans_dossier
from tests.fakes.talking import Talk

_HOSTILE = [
    "",
    " ",
    "a" * (1 << 20),
    "khai sinh " * 100_000,
    "\x00" * 100,
    "\ud800khai sinh\udfff",
    "e" + "\u0301" * 10_000,
    "🙂🙂🙂",
    "\u202eשלום عليكم",
    "đăng ký hoà giải",
    "<b>khai sinh</b><script>alert(1)</script>",
    "'; DROP TABLE dossiers; --",
    "{{7*7}} ${jndi:ldap://x} %s %n",
    "1" * 5000,
    "H48." * 500,
    "-" * 5000,
]


@pytest.mark.parametrize("text", _HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_text_gets_a_reply_within_a_fifth_of_a_second(text: str) -> None:
    talk = Talk(dossiers=[lans_dossier()])
    started = time.perf_counter()
    turn = talk.say(text)
    assert time.perf_counter() - started < 0.2
    assert turn.reply.blocks
    assert len(turn.reply.exits) == 4
    reply_to_json(turn.reply).encode()


@settings(max_examples=300)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=6))
def test_no_conversation_breaks(lines: list[str]) -> None:
    talk = Talk(dossiers=[lans_dossier()])
    for line in lines:
        turn = talk.say(line)
        assert turn.reply.exits
        reply_to_json(turn.reply).encode()


@given(st.text(max_size=70))
def test_no_posted_action_breaks(action: str) -> None:
    assert Talk(dossiers=[lans_dossier()]).press(Action(action)).reply.exits


@pytest.mark.parametrize("question", ["đăng ký khai tử nộp ở đâu", "chứng thực chữ ký hòa giải"])
def test_composed_and_decomposed_text_get_the_same_answer(question: str) -> None:
    composed, decomposed = (
        Talk().say(unicodedata.normalize(form, question)).reply for form in ("NFC", "NFD")
    )
    assert composed == decomposed


def test_a_very_long_question_is_answered_and_told_to_be_cut() -> None:
    turn = Talk().say("đăng ký khai sinh " + "x" * 50 + " thưa cán bộ" * 500)
    assert turn.reply.blocks
