"""Titles and numbers that the portal runs together: right, or left out."""

from knowledge.reading.words import read_legal_basis


def _titles(text: str, *codes: str) -> dict[str, str]:
    return {law.number: law.title for law in read_legal_basis(codes, text)}


def test_a_title_stands_before_the_number_that_is_glued_to_it() -> None:
    text = "Luật Hộ tịch60/2014/QH13Quy định chi tiết Luật Hộ tịch123/2015/NĐ-CP"
    assert _titles(text, "123/2015/NĐ-CP", "60/2014/QH13") == {
        "123/2015/NĐ-CP": "Quy định chi tiết Luật Hộ tịch",
        "60/2014/QH13": "Luật Hộ tịch",
    }


def test_a_number_that_is_cut_or_unlisted_parts_titles_too() -> None:
    text = "Về cơ chế một cửa118/2025/NĐ-CSửa đổi các nghị định về đất đai226/2025/NĐ-CP"
    assert _titles(text, "226/2025/NĐ-CP") == {"226/2025/NĐ-CP": "Sửa đổi các nghị định về đất đai"}


def test_a_title_that_begins_with_another_number_is_left_out() -> None:
    text = "Nghị quyết số 190/2025/QH15 về sắp xếp bộ máy nhà nước26/2023/QH15"
    assert _titles(text, "26/2023/QH15") == {"26/2023/QH15": ""}


def test_a_title_with_a_seam_is_left_out() -> None:
    text = "Luật Đầu tư côngLuật số 58Quy định về đất đai151/2025/NĐ-CP"
    assert _titles(text, "151/2025/NĐ-CP") == {"151/2025/NĐ-CP": ""}


def test_a_title_that_only_repeats_its_number_says_nothing() -> None:
    assert _titles("Thông tư 01/2020/TT-BTP01/2020/TT-BTP", "01/2020/TT-BTP") == {
        "01/2020/TT-BTP": ""
    }


def test_numbers_inside_a_title_stay_there() -> None:
    text = "Sửa đổi Thông tư số 85/2019/TT-BTC ngày 29/11/2019 về phí và lệ phí106/2021/TT-BTC"
    titles = _titles(text, "106/2021/TT-BTC", "85/2019/TT-BTC")
    assert titles["106/2021/TT-BTC"].startswith("Sửa đổi Thông tư số 85/2019/TT-BTC")
    assert titles["85/2019/TT-BTC"] == ""


def test_every_listed_code_is_kept_once_and_without_text_too() -> None:
    assert [law.number for law in read_legal_basis(["1/2020/NĐ-CP", "1/2020/NĐ-CP"], "")] == [
        "1/2020/NĐ-CP"
    ]
    assert read_legal_basis([], "Luật Hộ tịch60/2014/QH13") == ()


def test_a_number_that_ran_into_the_year_before_it_is_told_apart_again() -> None:
    text = "Nghị định về cư trú154/2024/NĐ-CPLuật Cư trú 202068/2020/QH14"
    assert list(_titles(text, "154/2024/NĐ-CP", "2068/2020/QH14")) == [
        "154/2024/NĐ-CP",
        "68/2020/QH14",
    ]


def test_an_impossible_number_that_cannot_be_told_apart_is_left_out() -> None:
    assert _titles("Luật số 48 ngày 0448/2014/QH13", "0448/2014/QH13") == {}


def test_high_numbers_of_decisions_are_right() -> None:
    assert list(_titles("", "2222/2020/QĐ-UBND", "1210/2016/UBTVQH13")) == [
        "2222/2020/QĐ-UBND",
        "1210/2016/UBTVQH13",
    ]
