"""Old communes, districts and provinces, and what they are part of today."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.places import Gazetteer, Rank, gazetteer_of

_PLACES = gazetteer_of("Quảng Ngãi")


@pytest.mark.parametrize(
    ("said", "name", "now"),
    [
        ("em ở xã Đăk Hà, huyện Tu Mơ Rông", "Xã Đăk Hà", "Xã Tu Mơ Rông"),
        ("xa dak ha huyen tu mo rong tinh kon tum", "Xã Đăk Hà", "Xã Tu Mơ Rông"),
        ("thị trấn Măng Đen làm khai sinh ở đâu", "Thị trấn Măng Đen", "Xã Măng Đen"),
        ("p. Quyết Thắng", "Phường Quyết Thắng", "Phường Kon Tum"),
    ],
)
def test_an_old_commune_is_found(said: str, name: str, now: str) -> None:
    (place,) = _PLACES.find(said).places
    assert (place.name, place.now, place.rank) == (name, (now,), Rank.WARD)
    assert place.province == "Tỉnh Quảng Ngãi"


def test_an_old_district_became_several() -> None:
    (place,) = _PLACES.find("huyện Tu Mơ Rông").places
    assert place.rank is Rank.DISTRICT
    assert len(place.now) > 1


def test_the_old_province_is_known_by_its_bare_name() -> None:
    (place,) = _PLACES.find("o kon tum").places
    assert place.rank is Rank.PROVINCE


def test_a_name_without_its_title_is_no_commune() -> None:
    assert _PLACES.find("đường Quyết Thắng").places == ()
    assert _PLACES.find("khai sinh cho con").places == ()


def test_the_rest_of_the_question_is_left() -> None:
    named = _PLACES.find("ở xã Đăk Hà huyện Tu Mơ Rông làm khai sinh nộp đâu")
    assert named.rest == "ở làm khai sinh nộp đâu"


def test_a_name_that_is_also_a_unit_of_today_says_so() -> None:
    (place,) = _PLACES.find("xã Đăk Hà").places
    assert place.is_also_new


def test_an_unknown_province_has_no_places() -> None:
    assert len(gazetteer_of("Atlantis")) == 0
    assert Gazetteer(()).find("xã Đăk Hà").places == ()


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    _PLACES.find(text)
