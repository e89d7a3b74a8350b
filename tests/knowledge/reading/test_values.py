"""Fees and durations as the portal really spells them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Duration, DurationUnit, Fee, FeeKind
from knowledge.reading.durations import read_duration
from knowledge.reading.fees import read_fees, weigh_note


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("5 Ngày làm việc", 5, DurationUnit.WORKING_DAY),
        ("03 ngày", 3, DurationUnit.DAY),
        ("Không quá 05 (năm) ngày làm việc", 5, DurationUnit.WORKING_DAY),
        ("0,5 Ngày", 0.5, DurationUnit.DAY),
        ("8 Giờ", 8, DurationUnit.HOUR),
        ("3 (đơn vị: khác)", 3, DurationUnit.OTHER),
    ],
)
def test_a_duration_has_amount_and_unit(text: str, amount: float, unit: DurationUnit) -> None:
    duration, is_clear = read_duration(text)
    assert duration is not None
    assert (duration.amount, duration.unit) == (amount, unit)
    assert is_clear == (unit is not DurationUnit.OTHER)


def test_words_without_a_number_are_kept_as_published() -> None:
    assert read_duration("Không quy định") == (Duration(text="Không quy định"), True)


def test_a_bare_number_is_no_duration() -> None:
    assert read_duration("15") == (Duration(text="15"), False)


@pytest.mark.parametrize("text", [None, "", "  ", "Không có thông tin"])
def test_an_empty_cell_says_nothing(text: str | None) -> None:
    assert read_duration(text) == (None, True)


@pytest.mark.parametrize("text", ["Miễn phí", "Không", "0 Đồng", "Lệ phí: Không có", "miễn phí."])
def test_free_is_free(text: str) -> None:
    fees, is_clear = read_fees(text)
    assert [fee.kind for fee in fees] == [FeeKind.FREE]
    assert is_clear


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("8.000 Đồng", 8000),
        ("8,000 Việt Nam Đồng", 8000),
        ("150,000 VNĐ", 150000),
        ("Lệ phí : 400.000 Đồng", 400000),
    ],
)
def test_an_amount_is_read_in_whole_dong(text: str, amount: int) -> None:
    fees, is_clear = read_fees(text)
    assert [(fee.kind, fee.amount, fee.currency) for fee in fees] == [
        (FeeKind.AMOUNT, amount, "VND")
    ]
    assert is_clear


def test_free_by_order_of_the_council_is_a_conflict_and_never_free() -> None:
    text = "Miễn phí (Mức lệ phí do Hội đồng nhân dân cấp tỉnh quy định)"
    fees, is_clear = read_fees(text)
    assert fees == (Fee(kind=FeeKind.CONFLICT, text=text),)
    assert not is_clear


def test_what_an_amount_is_charged_for_stands_apart() -> None:
    (fee,), is_clear = read_fees("2.000 Đồng (/trang)")
    assert (fee.amount, fee.per, fee.text) == (2000, "trang", "")
    assert is_clear


def test_a_few_dong_are_a_conflict() -> None:
    fees, is_clear = read_fees("135 VNĐ (Lệ phí cấp giấy phép lái xe: 135.000 đồng/lần.)")
    assert [fee.kind for fee in fees] == [FeeKind.CONFLICT]
    assert not is_clear


def test_a_note_that_sets_the_amount_takes_free_back() -> None:
    free = (Fee(kind=FeeKind.FREE),)
    weighed = weigh_note(free, "Mức lệ phí cụ thể do Hội đồng nhân dân tỉnh quyết định.")
    assert [fee.kind for fee in weighed] == [FeeKind.CONFLICT]
    assert weigh_note(free, "Nộp ở xã.") == free


@given(st.text(max_size=200))
def test_no_cell_breaks_a_reader(text: str) -> None:
    fees, _ = read_fees(text)
    assert all(fee.amount is None or fee.amount > 0 for fee in fees)
    duration, _ = read_duration(text)
    assert duration is None or duration.text or duration.amount is not None
