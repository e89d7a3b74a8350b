"""Following a dossier: with consent, seen without proof as far as a notice tells, ended at once."""

from bot.channels.plain import render_plain
from bot.dialogue.actions import Follow, HandOver, Unfollow, encode
from bot.dialogue.context import Followed, Outcome, Purpose, Unfollowed
from bot.messages import OwnData
from db.records import ProofKind
from tests.fakes.dossiers import TAIL, lans_dossier
from tests.fakes.talking import Talk

_CODE = lans_dossier().code


def _proven() -> Talk:
    talk = Talk(dossiers=[lans_dossier()])
    talk.say(_CODE)
    assert "Theo dõi hồ sơ này" in render_plain(talk.say(TAIL).reply)
    return talk


def _following() -> Talk:
    talk = _proven()
    talk.press(encode(Follow(code=_CODE, agreed=True)))
    return talk


def test_following_asks_for_consent_first_and_keeps_nothing_before() -> None:
    talk = _proven()
    asked = talk.say("theo dõi hồ sơ này")
    assert asked.outcome is Outcome.ASKED_CONSENT
    assert asked.following is None
    assert asked.agreed is None
    agreed = talk.say("1")
    assert agreed.following == Followed(code=_CODE, by=ProofKind.NUMBER_TAIL)
    assert agreed.agreed is not None
    assert agreed.agreed.purpose is Purpose.FOLLOWING
    assert agreed.agreed.wording in render_plain(asked.reply)


def test_refusing_goes_back_to_the_dossier() -> None:
    talk = _proven()
    talk.say("theo dõi hồ sơ này")
    turn = talk.say("2")
    assert turn.outcome is Outcome.ANSWERED_DOSSIER
    assert turn.following is None


def test_nobody_follows_what_was_not_proven() -> None:
    talk = Talk(dossiers=[lans_dossier()])
    turn = talk.press(encode(Follow(code=_CODE, agreed=True)))
    assert turn.outcome is Outcome.ASKED_PROOF
    assert turn.following is None
    assert turn.agreed is None


def test_what_is_followed_is_listed_without_proof_and_without_a_name() -> None:
    talk = _following()
    talk.say("huỷ")
    for said in ("hồ sơ của tôi", "hồ sơ của tôi tới đâu rồi"):
        turn = talk.say(said)
        text = render_plain(turn.reply)
        assert turn.outcome is Outcome.ANSWERED_FOLLOWING
        assert f"{_CODE}: Đang xử lý, hẹn" in text
        assert "Lan" not in text
        assert "Nguyễn" not in text
    assert talk.say("1").outcome is Outcome.ASKED_PROOF


def test_whoever_follows_nothing_is_asked_for_a_code() -> None:
    assert Talk().say("hồ sơ của tôi").outcome is Outcome.ASKED_CODE


def test_the_card_offers_to_stop_what_is_followed() -> None:
    talk = _following()
    assert "Thôi theo dõi hồ sơ này" in render_plain(talk.say(_CODE).reply)


def test_following_ends_in_words_and_by_button() -> None:
    for turn in (
        _following().say("thôi theo dõi"),
        _following().press(encode(Unfollow(code=_CODE))),
    ):
        assert turn.following == Unfollowed(code=_CODE)
        assert _CODE in render_plain(turn.reply)
    assert Talk().say("thôi theo dõi").following is None


def test_a_stranger_s_button_ends_nothing() -> None:
    turn = Talk(dossiers=[lans_dossier()]).press(encode(Unfollow(code=_CODE)))
    assert turn.following is None


def test_own_data_is_handed_over_when_asked_for() -> None:
    turn = Talk().say("bạn lưu gì về tôi")
    assert turn.outcome is Outcome.ANSWERED_OWN_DATA
    assert any(isinstance(block, OwnData) for block in turn.reply.blocks)


def test_deleting_is_asked_once_more() -> None:
    talk = _following()
    asked = talk.say("xoá dữ liệu của tôi")
    assert asked.outcome is Outcome.ASKED_ERASE
    assert not asked.reply.erases
    assert not talk.say("2").reply.erases
    done = talk.press(encode(HandOver(erase=True, confirmed=True)))
    assert done.reply.erases
    assert not done.conversation.proven
