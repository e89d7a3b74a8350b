"""What people say: the format, its problems by line, merging, and the phrases that ship."""

import json
from pathlib import Path

import pytest

from knowledge.phrasebook import (
    LABEL_LIMIT,
    Asked,
    Elsewhere,
    read_phrasebook,
    read_phrasebooks,
    shipped_phrasebook,
    shipped_phrasebook_texts,
    unknown_codes,
)
from knowledge.problems import Severity
from knowledge.reading.starter import read_shipped_catalogue
from knowledge.text import fold

_PRACTICE = Path(__file__).parents[3] / "shared" / "data" / "questions-dev.jsonl"
_GOOD = "# remark\n1.000656 | often | Khai tử\nông nội mới mất\n\n@ thời tiết |\nmai có mưa không\n"


def test_a_file_gives_entries_and_what_is_elsewhere() -> None:
    reading = read_phrasebook("a.txt", _GOOD)
    entry = reading.phrasebook.entries["1.000656"]
    assert (entry.asked, entry.label, entry.phrases) == (
        Asked.OFTEN,
        "Khai tử",
        ("ông nội mới mất",),
    )
    assert [one.topic for one in reading.phrasebook.elsewhere] == ["thời tiết"]
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("text", "rule", "row"),
    [
        ("ông nội mới mất\n", "no-heading", 1),
        ("1.000656 | daily | Khai tử\nmất\n", "wrong-frequency", 1),
        (f"1.000656 | often | {'x' * (LABEL_LIMIT + 1)}\nmất\n", "long-label", 1),
        ("1.000656 | often | A\nmất\n\n1.000656 | often | B\nchết\n", "repeated-code", 4),
        ("1.000656 | often | A\n1.000657 | often | B\nchết\n", "no-phrase", 1),
        ("1.000656 | often | A\n" + "x" * 300 + "\nmất\n", "long-phrase", 2),
        ("1.000656x | often | A\nmất\n", "wrong-code", 1),
        ("1.000656 | often | A\nmất\nmất\n", "repeated", 3),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, rule: str, row: int) -> None:
    found = [(one.rule, one.row) for one in read_phrasebook("a.txt", text).problems]
    assert (rule, row) in found


def test_a_phrase_for_two_codes_names_both_places() -> None:
    reading = read_phrasebooks(
        [
            ("a.txt", "1.000001 | often | A\nlàm giấy\n"),
            ("b.txt", "1.000002 | often | B\nkhác\nLÀM GIẤY\n"),
        ]
    )
    (problem,) = reading.problems
    assert (problem.rule, problem.file, problem.row) == ("two-codes", "b.txt", 3)
    assert "1.000001 in a.txt" in problem.message


def test_an_unknown_code_is_named_with_its_line() -> None:
    (problem,) = unknown_codes("a.txt", _GOOD, ["1.000001"])
    assert (problem.rule, problem.row, problem.code) == ("unknown-code", 2, "1.000656")


def test_an_office_adds_to_what_ships() -> None:
    own = read_phrasebook("own.txt", "1.000656 | sometimes | Báo tử\nchú Bảy đi rồi\n").phrasebook
    merged = shipped_phrasebook().merged_with(own).entries["1.000656"]
    assert merged.label == "Báo tử"
    assert merged.asked is Asked.SOMETIMES
    assert merged.phrases[-1] == "chú Bảy đi rồi"
    assert len(merged.phrases) > 8


def test_what_is_elsewhere_is_switched_off_by_a_name() -> None:
    driving = Elsewhere(topic="đăng kiểm", phrases=("x",), unless=("kiểm định xe",))
    assert driving.is_in(fold("Cấp thẻ\nKiểm định xe cơ giới"))
    assert not driving.is_in(fold("Kiểm định cân"))


def test_the_shipped_phrases_have_no_problem() -> None:
    reading = read_phrasebooks(shipped_phrasebook_texts())
    assert [str(one) for one in reading.problems if one.severity is Severity.ERROR] == []
    assert [str(one) for one in reading.problems] == []


def test_at_least_900_procedures_have_eight_phrases_and_a_label() -> None:
    entries = shipped_phrasebook().entries.values()
    rich = [one for one in entries if len(one.phrases) >= 8 and one.label]
    assert len(rich) >= 900


def test_every_shipped_procedure_has_sayings() -> None:
    """All but the few of the starter catalogue that no record of the portal stands behind."""
    codes = {one.code for one in read_shipped_catalogue().procedures}
    assert len(codes - set(shipped_phrasebook().entries)) <= len(codes) // 10


@pytest.mark.skipif(not _PRACTICE.is_file(), reason="no practice questions beside the checkout")
def test_no_practice_question_is_a_phrase() -> None:
    lines = _PRACTICE.read_text("utf-8").splitlines()
    practice = {fold(json.loads(line)["question"]) for line in lines if line.strip()}
    said = {fold(one) for entry in shipped_phrasebook().entries.values() for one in entry.phrases}
    assert practice & said == set()
