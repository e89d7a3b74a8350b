"""Values of a source: texts cleaned, moments made aware, slips told by name."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.sources.pieces import event_key, personal_number, procedure_code
from db.sources.values import Row, Unreadable, Value, amount, moment, number, plain, xml_of

_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_AT = dt.datetime(2026, 11, 20, 14, 5, tzinfo=_ZONE)
_NAIVE = _AT.replace(tzinfo=None)


@pytest.mark.parametrize(
    "raw",
    [_NAIVE, _AT, _AT.astimezone(dt.UTC), "2026-11-20 14:05:00", "20/11/2026 14:05",
     "20-11-2026 14:05:00", "2026-11-20T07:05:00+00:00"],
)  # fmt: skip
def test_moments_in_many_forms_are_one(raw: object) -> None:
    assert moment(raw, _ZONE, "due_at") == _AT


@pytest.mark.parametrize("raw", [None, "", "  ", "0000-00-00 00:00:00"])
def test_no_moment_is_none(raw: object) -> None:
    assert moment(raw, _ZONE, "due_at") is None


@pytest.mark.parametrize("raw", ["hôm qua", "31/02/2026", "1026-11-20", 17636, "9999-12-31"])
def test_a_moment_that_is_none_is_told_with_its_name(raw: object) -> None:
    with pytest.raises(Unreadable, match=r"^due_at is no date that a dossier can have$"):
        moment(raw, _ZONE, "due_at")


@pytest.mark.parametrize(
    ("raw", "told"),
    [("150.000", 150_000), ("1,150,000", 1_150_000), ("150000.00", 150_000), (20_000, 20_000),
     ("", None), (None, None), ("0", 0)],
)  # fmt: skip
def test_amounts_are_read_as_dong(raw: object, told: int | None) -> None:
    assert amount(raw, "fees.amount") == told


@pytest.mark.parametrize("raw", ["-5", "1.5", "một triệu", "1e30", "nan", "inf"])
def test_amounts_that_are_none_are_told(raw: str) -> None:
    with pytest.raises(Unreadable, match=r"fees\.amount"):
        amount(raw, "fees.amount")


def test_a_number_has_no_infinity() -> None:
    assert number("2,5".replace(",", "."), "x") == 2.5
    with pytest.raises(Unreadable):
        number("inf", "x")


@given(st.text(max_size=50) | st.binary(max_size=50))
def test_any_text_becomes_one_that_databases_hold(raw: str | bytes) -> None:
    told = plain(raw)
    assert plain(told) == told
    told.encode()
    assert "\x00" not in told


def test_bits_and_booleans_are_one_and_nought() -> None:
    assert [plain(raw) for raw in (True, False, b"\x01", b"\x00", 7, "Đ")] == [
        "1", "0", "1", "0", "7", "Đ",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "document",
    ["<a>", "", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<!DOCTYPE a SYSTEM 'x'><a/>",
     "<a>" + "x" * (5 * 1024 * 1024) + "</a>"],
)  # fmt: skip
def test_xml_that_is_broken_huge_or_declares_anything_is_refused(document: str) -> None:
    with pytest.raises(Unreadable, match="XML"):
        xml_of(document)


def test_xml_with_remarks_and_quoted_text_is_read() -> None:
    assert (
        xml_of("<?xml version='1.0'?><a><!-- x --><b><![CDATA[<&]]></b></a>").find("b") is not None
    )


def test_the_first_column_that_holds_anything_counts() -> None:
    own = {"a": " ", "b": None, "c": "x::y::Z", "d": "<r><s t='u'/><v>w</v></r>"}
    row = Row(values=own, own=own)
    assert Value(columns=("a", "b", "c"), after="::", words={"Z": "zét"}).text(row) == "zét"
    assert Value(columns=("a", "d"), xml="s/@t").text(row) == "u"
    assert Value(columns=("d",), xml="v").text(row) == "w"
    assert Value(columns=("d",), xml="none/@t").text(row) == ""
    assert Value(fixed="luôn").text(row) == "luôn"
    assert Value(columns=("c",)).text(row, 3) == "x::"


def test_codes_are_brought_into_our_form() -> None:
    assert procedure_code("1.001193.000.00.00.H48") == "1.001193"
    assert procedure_code("DT01") == "DT01"
    assert procedure_code("a local code that is too long") == ""
    assert personal_number("062 123 456 789") == "062123456789"
    assert personal_number("123456789") == ""
    assert event_key("7") == "7"
    assert len(event_key("x" * 200)) == 64
