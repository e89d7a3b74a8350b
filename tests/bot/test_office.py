"""Office hours: open now, open next."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import Refusal
from bot.office import (
    Office,
    OpenHours,
    phrases_without_procedure,
    read_office,
    read_phrases,
)
from bot.timing import timekeeper_of

_LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=_LOCAL)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-20T06:59", False),
        ("2026-11-20T07:00", True),
        ("2026-11-20T11:30", False),
        ("2026-11-20T13:30", True),
        ("2026-11-20T17:00", False),
        ("2026-11-21T09:00", False),
    ],
)
def test_the_desk_is_open_in_its_hours_on_working_days(moment: str, *, is_open: bool) -> None:
    assert Office().is_open(_at(moment)) is is_open


def test_a_moment_of_another_time_zone_is_the_same_moment() -> None:
    assert Office().is_open(dt.datetime(2026, 11, 20, 2, 0, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-20T05:00", "2026-11-20T07:00"),
        ("2026-11-20T12:00", "2026-11-20T13:30"),
        ("2026-11-20T18:00", "2026-11-23T07:00"),
    ],
)
def test_the_next_opening_skips_lunch_and_the_weekend(moment: str, opening: str) -> None:
    assert Office().next_opening(_at(moment)) == _at(opening)


def test_a_closed_day_is_skipped() -> None:
    office = Office(closed_on=(dt.date(2026, 11, 23),))
    assert office.next_opening(_at("2026-11-20T18:00")) == _at("2026-11-25T07:00")  # 24/11 is off


def test_an_office_that_never_opens_has_no_next_opening() -> None:
    assert Office(weekdays=()).next_opening(_at("2026-11-20T18:00")) is None


def test_the_example_file_is_an_office() -> None:
    path = Path(__file__).parent.parent.parent / "docs" / "office.example.toml"
    assert read_office(path).name.startswith("Trung tâm")


@pytest.mark.parametrize(
    "text", ["name =", 'nmae = "x"', 'timezone = "Asia/Nowhere"', 'hours = "7"']
)
def test_a_broken_office_file_is_refused_with_its_path(tmp_path: Path, text: str) -> None:
    file = tmp_path / "office.toml"
    file.write_text(text)
    with pytest.raises(Refusal, match=r"office\.toml"):
        read_office(file)


def test_a_missing_office_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be read"):
        read_office(tmp_path / "none.toml")


def test_an_office_s_phrases_are_merged_and_a_broken_file_names_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "phrases.txt"
    file.write_text("9.999999x | often | A\nmất\n", "utf-8")
    with pytest.raises(Refusal, match=r"phrases\.txt, row 1"):
        read_phrases(file)
    file.write_text("1.000656 | often | Khai tử\nchú Bảy đi rồi\n", "utf-8")
    assert "chú Bảy đi rồi" in read_phrases(file).entries["1.000656"].phrases
    (problem,) = phrases_without_procedure(file, [])
    assert problem.row == 1
    with pytest.raises(Refusal, match="cannot be read"):
        read_phrases(tmp_path / "none.txt")


def test_the_desk_is_closed_on_public_holidays_and_open_on_make_up_days() -> None:
    office = Office()
    assert not office.is_open(_at("2026-09-02T09:00"))
    assert office.is_open(_at("2026-01-10T09:00"))
    assert office.next_opening(_at("2026-02-13T18:00")) == _at("2026-02-23T07:00")  # after Tết


def test_an_office_without_usable_hours_does_not_stop_the_clock() -> None:
    turned = OpenHours(opens=dt.time(17), closes=dt.time(7))
    for hours in ((), (turned,)):
        clock = timekeeper_of(Office(hours=hours)).clock
        assert clock.opening(_at("2026-11-20T06:00")) == _at("2026-11-20T07:00")
