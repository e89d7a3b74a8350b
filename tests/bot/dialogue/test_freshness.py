"""What others keep is told as of the moment it was read, and never counted past it unsaid."""

import dataclasses
import datetime as dt

import pytest

from bot.channels.plain import render_plain
from bot.dialogue import deadlines, dossier_cards
from bot.messages import Language, Reply
from bot.office import Office
from bot.timing import timekeeper_of
from bot.wording.dialogue import wording
from db.records import Dossier, Status
from tests.fakes.dossiers import NOW, lans_dossier
from tests.fakes.talking import Talk

_MINUTE, _DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
_KEEPER = timekeeper_of(Office())
_VI = wording(Language.VI)


def _read(ago: dt.timedelta, *, away: bool = False, now: dt.datetime = NOW) -> Dossier:
    return dataclasses.replace(lans_dossier(), read_until=now - ago, source_is_away=away)


def _card(dossier: Dossier, now: dt.datetime = NOW, language: Language = Language.VI) -> str:
    blocks = dossier_cards.status(dossier, _KEEPER, wording(language), now)
    return render_plain(Reply(blocks=tuple(blocks)))


@pytest.mark.parametrize(
    "dossier",
    [lans_dossier(), _read(dt.timedelta()), _read(30 * _MINUTE)],
    ids=["own", "now", "30"],
)
def test_what_is_current_is_told_without_a_moment(dossier: Dossier) -> None:
    assert "Thông tin dưới đây đúng đến" not in _card(dossier)
    assert "tính đến" not in _card(dossier)


def test_what_was_read_long_ago_says_as_of_when() -> None:
    card = _card(_read(31 * _MINUTE))
    assert "Thông tin dưới đây đúng đến 8 giờ 29 ngày 20/11/2026." in card
    assert "(tính đến 8 giờ 29 ngày 20/11/2026: còn 2 ngày làm việc)" in card
    assert "true as of 8 giờ 29" in _card(_read(31 * _MINUTE), language=Language.EN)


def test_a_source_that_is_away_is_told_at_once() -> None:
    assert "đúng đến 8 giờ 55 ngày 20/11/2026" in _card(_read(5 * _MINUTE, away=True))


def test_nobody_is_called_late_for_a_time_that_we_do_not_know() -> None:
    later = NOW + 30 * _DAY
    late = _card(_read(_MINUTE, now=later), later)
    unknown = _card(_read(29 * _DAY, now=later), later)
    assert "đã quá hẹn" in late
    assert "đã quá hạn từ" in late
    assert "đã quá hẹn" not in unknown
    assert "đã quá hạn" not in unknown


def test_the_last_day_for_papers_is_counted_to_this_moment() -> None:
    asked = dataclasses.replace(
        lans_dossier(Status.SUPPLEMENT_REQUESTED), read_until=NOW - _DAY, source_is_away=True
    )
    assert "Còn 4 ngày làm việc." in _card(asked)
    assert "Ngày này đã qua." in _card(asked, NOW + 10 * _DAY)


def test_the_sum_and_the_history_say_it_too() -> None:
    dossier = _read(2 * _DAY)
    blocks = deadlines.explanation(dossier, _KEEPER, _VI, NOW)
    assert "đúng đến 9 giờ ngày 18/11/2026" in render_plain(Reply(blocks=tuple(blocks)))
    blocks = dossier_cards.history(dossier, _VI, NOW)
    assert "đúng đến 9 giờ ngày 18/11/2026" in render_plain(Reply(blocks=tuple(blocks)))


def test_a_citizen_reads_it_in_the_conversation() -> None:
    talk = Talk(dossiers=[_read(_DAY)])
    talk.say(lans_dossier().code)
    assert "đúng đến 9 giờ ngày 19/11/2026" in render_plain(talk.say("204613").reply)
