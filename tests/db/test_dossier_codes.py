"""Dossier codes as people type them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.dossier_codes import (
    dossier_codes_in,
    is_dossier_code,
    masked_code,
    text_beside_codes,
)

_dates = st.dates(dt.date(2018, 1, 1), dt.date(2039, 12, 31)).map(lambda day: f"{day:%y%m%d}")
_numbers = st.integers(1, 9999).map(lambda number: f"{number:04d}")
_two = st.integers(0, 99).map(lambda number: f"{number:02d}")
_old = st.tuples(_two, _two, _two).map(lambda p: f"000.{p[0]}.{p[1]}.H{p[2]}")
_new = st.tuples(_two, st.lists(_two, min_size=1, max_size=3)).map(
    lambda p: f"H{p[0]}." + ".".join(p[1])
)
codes = st.tuples(st.one_of(_old, _new), _dates, _numbers).map("-".join)


@given(codes)
def test_a_code_reads_as_itself(code: str) -> None:
    assert is_dossier_code(code)
    assert dossier_codes_in(code)[0] == code


@given(codes, st.sampled_from([str.lower, str.upper, str.title]))
def test_a_code_is_found_inside_a_sentence(code: str, spelled: object) -> None:
    assert callable(spelled)
    assert code in dossier_codes_in(f"cho em hỏi hồ sơ {spelled(code)} tới đâu rồi ạ")


@given(codes)
def test_missing_dots_and_long_dashes_are_forgiven(code: str) -> None:
    assert code in dossier_codes_in(code.replace(".", "").replace("-", " – "))


@given(codes)
def test_the_letter_o_stands_for_zero(code: str) -> None:
    assert code in dossier_codes_in(code.replace("0", "O"))


@given(codes)
def test_leading_zeros_of_the_running_number_may_be_missing(code: str) -> None:
    head, number = code.rsplit("-", 1)
    assert code in dossier_codes_in(f"{head}-{number.lstrip('0')}")


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader_and_all_it_finds_are_codes(text: str) -> None:
    assert all(is_dossier_code(code) for code in dossier_codes_in(text))


@pytest.mark.parametrize(
    "text",
    [
        "1.001193",
        "1.004616.000.00.00.H56",
        "123/2015/NĐ-CP",
        "0905123456",
        "051190001234",
        "H56.14-249923-0001",
        "em sinh năm 1990, số nhà H12",
        "",
    ],
)
def test_what_is_no_dossier_code_is_not_taken_for_one(text: str) -> None:
    assert dossier_codes_in(text) == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("H56.14.240823.0001", "H56.14-240823-0001"),
        ("h5614240823 0001", "H56.14-240823-0001"),
        ("H 56.14 - 240823 - 1", "H56.14-240823-0001"),
        ("Ｈ５６.14-240823-0001", "H56.14-240823-0001"),
        ("0000006H56-231027-0361", "000.00.06.H56-231027-0361"),
        ("g01.899.123.000-240823-0001", "G01.899.123.000-240823-0001"),
    ],
)
def test_codes_as_people_type_them(typed: str, meant: str) -> None:
    assert dossier_codes_in(typed)[0] == meant


def test_a_code_without_dots_can_mean_several_agencies() -> None:
    found = dossier_codes_in("H481401-261120-0012")
    assert set(found) == {"H48.14.01-261120-0012"}
    assert set(dossier_codes_in("H48101-261120-0012")) == {"H48.101-261120-0012"}


def test_a_masked_code_shows_only_the_running_number() -> None:
    assert masked_code("H56.14-240823-0001") == "…-0001"


@pytest.mark.parametrize(
    "text",
    ["H48-14-261116-0001 204613", "h48.14-261116-0001 204613 đang ở đâu", "H48.14-261116-0001, 12"],
)
def test_what_is_typed_behind_a_code_does_not_hide_it(text: str) -> None:
    assert dossier_codes_in(text)[0] == "H48.14-261116-0001"


def test_what_stands_beside_a_code_is_known() -> None:
    assert text_beside_codes("mã h48.14-261116-0001 và 204613") == "MÃ   VÀ 204613"
    assert text_beside_codes("không có mã nào") == ""
