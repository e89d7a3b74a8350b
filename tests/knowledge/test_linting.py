"""Each rule of the linter fires on its defect, and a clean entry is silent."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pytest

from knowledge.linting import RULES, lint
from knowledge.model import (
    Case,
    CaseQuestion,
    ChannelKind,
    Decision,
    Duration,
    DurationUnit,
    Fee,
    FeeKind,
    FilingChannel,
    LegalDocument,
    Level,
    Link,
    Paper,
    Procedure,
    ProcedureCode,
    SourceKind,
)

TODAY = dt.date(2026, 11, 23)
CLEAN = Procedure(
    code=ProcedureCode("1.000001"),
    name="Đăng ký khai sinh",
    short_name="Khai sinh",
    aliases=("làm giấy khai sinh",),
    levels=(Level.COMMUNE,),
    agency="Ủy ban nhân dân cấp xã",
    channels=(
        FilingChannel(
            kind=ChannelKind.COUNTER,
            duration=Duration(amount=1, unit=DurationUnit.WORKING_DAY),
            fees=(Fee(kind=FeeKind.FREE),),
        ),
    ),
    papers=(Paper(name="Tờ khai", originals=1),),
    legal_basis=(LegalDocument(number="60/2014/QH13"),),
    decision=Decision(number="1/QĐ-BTP"),
    as_of="2026-07",
)
_counter = CLEAN.channels[0]
_other = replace(CLEAN, code=ProcedureCode("1.000002"), name="Khác", short_name="Khác", aliases=())
_question = CaseQuestion(
    key="q", text="?", cases=(Case(key="a", label="A"), Case(key="b", label="B"))
)

DEFECTS: dict[str, list[Procedure]] = {
    "name-missing": [replace(CLEAN, name=" ")],
    "name-twice": [CLEAN, replace(_other, name=CLEAN.name)],
    "code-form": [replace(CLEAN, code=ProcedureCode("1001193"))],
    "district-level": [replace(CLEAN, levels=(Level.DISTRICT,))],
    "district-agency": [replace(CLEAN, agency="Ủy ban nhân dân huyện")],
    "channel-missing": [replace(CLEAN, channels=())],
    "duration-missing": [replace(CLEAN, channels=(replace(_counter, duration=None),))],
    "duration-without-unit": [
        replace(CLEAN, channels=(replace(_counter, duration=Duration(amount=3)),))
    ],
    "fee-conflict": [
        replace(
            CLEAN,
            channels=(replace(_counter, fees=(Fee(kind=FeeKind.CONFLICT, text="o Đồng"),)),),
        )
    ],
    "channels-conflict": [
        replace(CLEAN, channels=(_counter, replace(_counter, duration=Duration(text="khác"))))
    ],
    "note-among-papers": [replace(CLEAN, papers=(Paper(name="Lưu ý khi nộp"),))],
    "form-address": [replace(CLEAN, forms=(Link(title="Mẫu", url="to-khai.doc"),))],
    "expired-law": [replace(CLEAN, legal_basis=(LegalDocument(number="61/2018/NĐ-CP"),))],
    "expired-decision": [
        replace(
            CLEAN, decision=Decision(number="1/QĐ-BTP", valid_until=TODAY - dt.timedelta(days=1))
        )
    ],
    "child-missing": [replace(CLEAN, related=(ProcedureCode("1.999999"),))],
    "cases-fit": [replace(CLEAN, questions=(_question,))],
    "question-fits": [
        replace(
            CLEAN,
            questions=(replace(_question, cases=(Case(key="a", label="A"),)),),
            papers=(Paper(name="Tờ khai", cases=("a",)),),
        )
    ],
    "short-name": [replace(CLEAN, short_name="x" * 61)],
    "alias-shared": [CLEAN, replace(_other, aliases=CLEAN.aliases)],
    "as-of-form": [replace(CLEAN, as_of="07/2026")],
    "facts-undated": [replace(CLEAN, as_of="", source=SourceKind.TEMPLATE)],
    "decision-missing": [replace(CLEAN, decision=None)],
}


def _rules(procedures: Iterable[Procedure]) -> set[str]:
    found = lint(procedures, today=TODAY, expired_documents=frozenset({"61/2018/NĐ-CP"}))
    return {problem.rule for problem in found}


def test_a_clean_entry_is_silent() -> None:
    assert _rules([CLEAN, _other]) == set()


def test_every_rule_has_its_defect() -> None:
    assert set(DEFECTS) == set(RULES)


@pytest.mark.parametrize("rule", sorted(DEFECTS))
def test_a_rule_fires_on_its_defect_alone(rule: str) -> None:
    assert _rules(DEFECTS[rule]) == {rule}


@pytest.mark.parametrize("rule", sorted(DEFECTS))
def test_what_is_abolished_is_not_linted(rule: str) -> None:
    assert _rules(replace(one, abolished=True) for one in DEFECTS[rule]) == set()


def test_the_district_level_was_right_before_it_ended() -> None:
    before = dt.date(2025, 6, 30)
    assert lint(DEFECTS["district-level"], today=before) == []
