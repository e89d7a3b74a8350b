"""The place that a source has been read to: what moves it, what does not."""

import datetime as dt

from db.sources.marks import Reached

_NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
_AT = dt.datetime(2026, 11, 20, 9)  # noqa: DTZ001 - local, as a source writes it
_MINUTE = dt.timedelta(minutes=1)
_BY = ("t", "id", "changed")
_HELD = Reached(by=_BY, at=_AT, key=7, is_loading=False, since=_NOW)


def test_a_place_comes_back_from_its_json() -> None:
    for at in (_AT, _AT.replace(tzinfo=dt.UTC), 42, "2026-11-20 09:00:00", None):
        place = Reached(by=_BY, at=at, key="x", is_loading=False, since=_NOW, is_settled=True)
        assert Reached.load(place.dump(), _BY) == place


def test_a_place_of_other_columns_is_the_beginning() -> None:
    assert Reached.load(_HELD.dump(), ("t", "id", "other")) == Reached(by=("t", "id", "other"))
    assert Reached.load("", _BY) == Reached(by=_BY)


def test_a_look_begins_before_the_newest_mark_until_nothing_older_can_come() -> None:
    begun = _HELD.begin(_MINUTE)
    assert (begun.at, begun.key) == (_AT - _MINUTE, None)
    soon = _HELD.end(_HELD, _NOW + _MINUTE, _MINUTE)
    late = soon.end(soon, _NOW + 2 * _MINUTE, _MINUTE)
    assert not soon.is_settled
    assert late.is_settled
    assert late.begin(_MINUTE) == late


def test_a_look_that_is_cut_off_leaves_nothing_settled_that_is_new() -> None:
    settled = Reached(by=_BY, at=_AT, key=7, is_loading=False, since=_NOW, is_settled=True)
    assert settled.at_row(_AT, 8).is_settled
    assert not settled.at_row(_AT + _MINUTE, 8).is_settled


def test_reading_again_takes_nothing_back() -> None:
    earlier = _HELD.begin(_MINUTE).at_row(_AT - _MINUTE, 99)
    assert _HELD.further(earlier) == _HELD
    assert _HELD.further(_HELD.at_row(_AT, 8)).key == 8
