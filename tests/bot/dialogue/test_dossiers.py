"""The right to know: one answer for absent and for not yours."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.plain import render_plain
from bot.dialogue.actions import ShowDossier, encode
from bot.dialogue.context import Outcome, Purpose
from bot.dialogue.dossiers import PROOF_LASTS
from bot.dialogue.plain_words import masked_name
from bot.messages import reply_to_json
from bot.office import Office
from db.records import Status
from tests.fakes.dossiers import NOW, SECRET, TAIL, lans_dossier
from tests.fakes.talking import Talk, knowledge_of

_CODE = lans_dossier().code
_ABSENT = "H48.14-261116-0777"


def _at_the_door(code: str = _CODE) -> Talk:
    talk = Talk(dossiers=[lans_dossier()])
    assert talk.say(code).outcome is Outcome.ASKED_PROOF
    return talk


def test_absent_and_not_yours_are_the_same_bytes() -> None:
    replies = []
    for code in (_CODE, _ABSENT):
        talk = Talk(dossiers=[lans_dossier()])
        asked, refused = talk.say(code), talk.say("000000")
        replies.append(
            [reply_to_json(turn.reply).replace(code, "CODE") for turn in (asked, refused)]
        )
    assert replies[0] == replies[1]


def test_a_button_for_a_dossier_never_shown_asks_for_the_proof() -> None:
    talk = Talk(dossiers=[lans_dossier()])
    turn = talk.press(encode(ShowDossier(code=_CODE, history=True)))
    assert turn.outcome is Outcome.ASKED_PROOF


def test_the_number_tail_does_not_open_the_history() -> None:
    talk = _at_the_door()
    talk.say(TAIL)
    turn = talk.press(encode(ShowDossier(code=_CODE, history=True)))
    assert "Quá trình" not in render_plain(turn.reply)


def test_a_proof_runs_out() -> None:
    talk = _at_the_door()
    assert talk.say(TAIL).outcome is Outcome.ANSWERED_DOSSIER
    talk.now = NOW + PROOF_LASTS
    assert talk.say(_CODE).outcome is Outcome.ASKED_PROOF


def test_the_whole_personal_number_is_accepted_by_its_end() -> None:
    assert _at_the_door().say(f"062123{TAIL}").outcome is Outcome.ANSWERED_DOSSIER


def test_what_was_typed_as_a_proof_is_marked_secret_right_or_wrong() -> None:
    for answer in (TAIL, "000000", SECRET, "sai12345"):
        turn = _at_the_door().say(answer)
        assert turn.is_secret
        assert turn.reply.is_private
        assert turn.agreed is not None
        assert turn.agreed.purpose is Purpose.LOOKUP


def test_attempts_are_reported_with_their_success() -> None:
    wrong, right = _at_the_door().say("000000"), _at_the_door().say(TAIL)
    assert wrong.attempt is not None
    assert right.attempt is not None
    assert (wrong.attempt.succeeded, right.attempt.succeeded) == (False, True)


def test_a_locked_address_is_refused_even_with_the_right_proof() -> None:
    talk = _at_the_door()
    talk.is_locked = True
    turn = talk.say(TAIL)
    assert turn.outcome is Outcome.REFUSED_LOCKED
    assert turn.attempt is None


def test_a_question_while_we_wait_for_a_proof_is_answered_as_a_question() -> None:
    turn = _at_the_door().say("đăng ký khai sinh cần giấy tờ gì")
    assert turn.code == "1.000001"


def test_something_that_is_no_code_gets_help_with_the_code() -> None:
    talk = Talk()
    talk.say("hồ sơ")
    turn = talk.say("12345678")
    assert turn.outcome is Outcome.ASKED_CODE
    assert turn.is_secret


@pytest.mark.parametrize("status", list(Status))
def test_every_status_is_told_with_its_meaning(status: Status) -> None:
    talk = Talk(dossiers=[lans_dossier(status)])
    talk.say(_CODE)
    text = render_plain(talk.say(TAIL).reply)
    say = talk.conversation.language
    assert say.value == "vi"
    assert "Nguyễn T. L." in text
    assert "Lan" not in text
    assert "Thủ tục: Cấp đổi Giấy chứng nhận" in text


def test_a_payment_is_told_with_amount_day_and_place() -> None:
    talk = Talk(dossiers=[lans_dossier(Status.PAYMENT_REQUESTED)])
    talk.say(_CODE)
    text = render_plain(talk.say(TAIL).reply)
    assert "150.000 đồng" in text
    assert "30/11/2026" in text
    assert "Thuế cơ sở 3" in text


def test_a_code_that_can_mean_two_agencies_opens_the_one_that_is_proven() -> None:
    other = dataclasses.replace(lans_dossier(), code="H48.14.01-261116-0001")
    talk = Talk(dossiers=[other])
    talk.say("H481401 261116 0001")
    assert talk.say(TAIL).outcome is Outcome.ANSWERED_DOSSIER


@given(st.text(min_size=1, max_size=60))
def test_a_masked_name_tells_at_most_the_first_word_and_initials(name: str) -> None:
    shown = masked_name(name).split()
    for part in name.split()[1:]:
        assert len(part) <= 2 or part not in shown[1:]


def test_an_office_that_said_nothing_of_itself_is_not_said_to_be_open() -> None:
    text = render_plain(Talk(knowledge_of(office=Office())).say("gặp cán bộ").reply)
    assert "đang mở cửa" not in text
    assert "thường làm việc 07:00–11:30" in text


def test_times_are_local() -> None:
    talk = Talk(dossiers=[lans_dossier()], now=NOW.astimezone(dt.UTC))
    talk.say(_CODE)
    assert "8 giờ ngày 16/11/2026" in render_plain(talk.say(TAIL).reply)


@pytest.mark.parametrize(
    "answer",
    [
        "số cuối là 204613",
        "２０４６１３",
        "mã bí mật là MANG2DEN",
        "mang 2 den",
        "MANG2DEN.",
        "2046 13",
    ],
)
def test_a_proof_is_taken_out_of_the_sentence_it_stands_in(answer: str) -> None:
    turn = _at_the_door().say(answer)
    assert turn.outcome is Outcome.ANSWERED_DOSSIER
    assert turn.is_secret


def test_a_phone_number_is_no_try() -> None:
    turn = _at_the_door().say("0912345678")
    assert turn.outcome is Outcome.ASKED_PROOF
    assert turn.attempt is None
    assert turn.is_secret


def test_a_proof_beside_the_code_is_asked_for_again_and_not_kept() -> None:
    turn = Talk(dossiers=[lans_dossier()]).say(f"{_CODE} {TAIL} đang ở đâu")
    assert turn.outcome is Outcome.ASKED_PROOF
    assert turn.is_secret


@pytest.mark.parametrize("said", ["bao giờ xong", "khi nào có kết quả", "hồ sơ đang ở đâu"])
def test_a_word_about_the_dossier_just_opened_is_about_it(said: str) -> None:
    talk = _at_the_door()
    talk.say(TAIL)
    turn = talk.say(said)
    assert turn.outcome is Outcome.ANSWERED_DOSSIER
    assert _CODE in render_plain(turn.reply)


def test_after_a_procedure_was_talked_of_the_same_words_are_about_it() -> None:
    talk = _at_the_door()
    talk.say(TAIL)
    talk.say("đăng ký khai tử")
    assert talk.say("bao giờ xong").outcome is not Outcome.ANSWERED_DOSSIER


def test_the_past_is_told_to_whoever_holds_the_receipt() -> None:
    talk = _at_the_door()
    talk.say(SECRET)
    assert "Quá trình" in render_plain(talk.say("lịch sử").reply)


def test_without_a_dossier_the_same_words_are_a_question() -> None:
    assert Talk().say("bao giờ xong").outcome is not Outcome.ANSWERED_DOSSIER


def test_a_number_without_a_line_is_no_question() -> None:
    talk = Talk()
    assert "chọn bằng số" in render_plain(talk.say("7").reply)
    talk.say("chứng thực")
    turn = talk.say("9")
    assert "từ 1 đến 3" in render_plain(turn.reply)
    assert talk.say("1").outcome is Outcome.ANSWERED_PROCEDURE
