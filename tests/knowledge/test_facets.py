"""Which aspect is asked for."""

import json
from importlib.resources import files

import pytest

from knowledge.facets import Facet, asked_facets
from knowledge.lexicon import shipped_lexicon
from knowledge.text import words


def _asked(question: str) -> tuple[Facet, ...]:
    return asked_facets(" ".join(words(question))).facets


@pytest.mark.parametrize(
    ("question", "facet"),
    [
        ("nhận con nuôi cần giấy tờ gì", Facet.PAPERS),
        ("ho so dang ky tam tru gom nhung gi", Facet.PAPERS),
        ("đi làm căn cước mang theo gì", Facet.PAPERS),
        ("cấp phép xây dựng lệ phí bao nhiêu", Facet.FEE),
        ("lam so do het bao nhieu tien", Facet.FEE),
        ("đổi bằng lái có mất phí không", Facet.FEE),
        ("thế còn phí?", Facet.FEE),
        ("tách hộ mất mấy ngày", Facet.DURATION),
        ("bao giờ có kết quả", Facet.DURATION),
        ("mất bao lâu", Facet.DURATION),
        ("chứng thực chữ ký ở đâu", Facet.WHERE),
        ("nop cho ai", Facet.WHERE),
        ("khai tử làm online được không", Facet.ONLINE),
        ("cho xin mẫu đơn đăng ký kết hôn", Facet.FORMS),
        ("các bước đăng ký hộ kinh doanh", Facet.STEPS),
        ("muốn nhận con nuôi cần điều kiện gì", Facet.CONDITIONS),
        ("làm xong thì nhận được giấy gì", Facet.RESULT),
        ("chứng thực di chúc theo nghị định nào", Facet.LEGAL),
    ],
)
def test_the_asked_aspect_is_recognised(question: str, facet: Facet) -> None:
    assert _asked(question)[:1] == (facet,)


def test_several_aspects_come_in_the_order_of_the_question() -> None:
    found = _asked("kết hôn cần giấy tờ gì, lệ phí bao nhiêu, mất mấy ngày")
    assert found == (Facet.PAPERS, Facet.FEE, Facet.DURATION)


@pytest.mark.parametrize(
    "question",
    [
        "hỗ trợ mai táng phí",
        "miễn giảm học phí cho con",
        "chứng thực giấy tờ",
        "đăng ký mẫu con dấu",
    ],
)
def test_words_of_names_are_not_taken_for_an_aspect(question: str) -> None:
    assert _asked(question) == ()
    assert asked_facets(" ".join(words(question))).rest == " ".join(words(question))


def test_the_rest_of_the_question_is_kept_for_matching() -> None:
    asked = asked_facets("tach ho can giay to gi")
    assert asked.rest == "tach ho"


def test_most_aspects_that_people_ask_for_are_recognised() -> None:
    lines = (files("knowledge.golden") / "aspects.jsonl").read_text("utf-8").splitlines()
    short = shipped_lexicon().abbreviations
    right = {True: 0, False: 0}
    wrong = {True: 0, False: 0}
    for line in lines:
        row = json.loads(line)
        told = [full for word in words(row["question"]) for full in short.get(word, (word,))]
        found = asked_facets(" ".join(told)).facets[:1]
        counted = right if found == ((Facet(row["facet"]),) if row["facet"] else ()) else wrong
        counted[bool(row["facet"])] += 1
    assert right[True] / (right[True] + wrong[True]) >= 0.87
    assert right[False] / (right[False] + wrong[False]) >= 0.92
