"""From a question to answer, clarify or unknown."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.facets import Facet
from knowledge.matcher import LexicalMatcher, Match, Outcome
from knowledge.model import Procedure, ProcedureCode
from knowledge.reading.starter import read_shipped_catalogue
from knowledge.text import clean
from tests.knowledge import procedures as known

_STARTER = read_shipped_catalogue().procedures
_current = [procedure for procedure in known.ALL if not procedure.abolished]
_matcher = LexicalMatcher(_current, phrasebook=known.BOOK)


def _match(question: str) -> Match:
    return _matcher.match(clean(question))


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("đăng ký khai sinh", known.BIRTH),
        ("lam giay khai sinh cho con", known.BIRTH),
        ("em mới sinh em bé", known.BIRTH),
        ("ông bà mới qua đời", known.DEATH),
        ("sao y bằng tốt nghiệp", known.CERTIFY_COPY),
        ("chung thuc chu ky", known.CERTIFY_SIGNATURE),
    ],
)
def test_a_clear_question_is_answered(question: str, meant: Procedure) -> None:
    match = _match(question)
    assert match.outcome is Outcome.ANSWER
    assert match.candidates[0].code == meant.code


def test_an_ambiguous_question_is_clarified_with_what_it_can_mean() -> None:
    match = _match("chứng thực")
    assert match.outcome is Outcome.CLARIFY
    offered = {candidate.code for candidate in match.candidates[: match.choices]}
    assert {known.CERTIFY_COPY.code, known.CERTIFY_SIGNATURE.code} <= offered


@pytest.mark.parametrize("question", ["giá vàng hôm nay", "how is the weather", "asdf qwer zxcv"])
def test_what_the_catalogue_does_not_hold_is_unknown(question: str) -> None:
    assert _match(question).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("question", ["mất bao lâu", "thế còn phí?", "cái đó nộp ở đâu vậy"])
def test_a_question_without_a_procedure_is_bare(question: str) -> None:
    match = _match(question)
    assert match.is_bare
    assert match.facets


def test_aspects_come_with_the_match() -> None:
    assert _match("khai sinh cần giấy tờ gì").facets == (Facet.PAPERS,)


def test_accents_make_no_difference_here() -> None:
    accented, bare = _match("đăng ký khai tử nộp ở đâu"), _match("dang ky khai tu nop o dau")
    assert accented.outcome is bare.outcome is Outcome.ANSWER
    assert accented.candidates[0].code == bare.candidates[0].code


def test_a_procedure_s_own_code_is_a_clear_question() -> None:
    match = _match(f"phí thủ tục {known.DEATH.code}")
    assert match.outcome is Outcome.ANSWER
    assert match.candidates[0].code == known.DEATH.code
    assert match.facets == (Facet.FEE,)


def test_two_codes_are_asked_back_and_unknown_ones_mean_nothing() -> None:
    match = _match(f"{known.DEATH.code} hay {known.BIRTH.code}")
    assert (match.outcome, match.choices) == (Outcome.CLARIFY, 2)
    assert _match("9.999999").outcome is Outcome.UNKNOWN
    assert _match("6.999999").outcome is Outcome.UNKNOWN


def test_one_word_out_of_a_long_name_is_no_answer() -> None:
    long = Procedure(code=ProcedureCode("1.000012"), name="Đi viện quên mang thẻ bảo hiểm lấy tiền")
    assert (
        LexicalMatcher([long, known.BIRTH], phrasebook=known.BOOK).match("tôi quên rồi").outcome
        is Outcome.UNKNOWN
    )


@pytest.mark.parametrize(
    ("question", "is_a_wedding"),
    [("muon cuoi vo", True), ("muốn cưới vợ", True), ("sinh viên năm cuối", False)],
)
def test_a_saying_with_other_accents_is_another_word(question: str, *, is_a_wedding: bool) -> None:
    wedding = Procedure(code=ProcedureCode("1.000013"), name="Đăng ký kết hôn")
    match = LexicalMatcher([wedding], phrasebook=known.BOOK).match(question)
    assert bool(match.candidates) is is_a_wedding


def test_a_word_typed_with_other_accents_counts_little() -> None:
    sale = Procedure(code=ProcedureCode("1.000009"), name="Mua nhà")
    matcher = LexicalMatcher([sale], phrasebook=known.BOOK)
    assert matcher.match("mua nha").outcome is Outcome.ANSWER
    assert matcher.match("mưa nhạ").outcome is Outcome.UNKNOWN


def test_a_question_that_is_all_of_one_name_is_no_longer_name() -> None:
    short, long = (
        Procedure(code=ProcedureCode("1.000010"), name="Đăng ký giám hộ"),
        Procedure(code=ProcedureCode("1.000011"), name="Đăng ký giám hộ có yếu tố nước ngoài"),
    )
    match = LexicalMatcher([long, short], phrasebook=known.BOOK).match("dang ky giam ho")
    assert match.outcome is Outcome.ANSWER
    assert match.candidates[0].code == short.code


def test_an_empty_catalogue_knows_nothing() -> None:
    assert LexicalMatcher([], phrasebook=known.BOOK).match("khai sinh").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "question",
    [
        "a",
        "1",
        "123456",
        "0912 345 678",
        "????",
        "how do I register my car",
        "what is the weather today",
        "Kâo kiăng ngă hră tơkeng kơ ană kâo",
        "lorem ipsum dolor sit amet",
        "giấy tờ " * 2500,
        "đất",
    ],
)
def test_what_says_too_little_is_never_answered_outright(question: str) -> None:
    assert LexicalMatcher(_STARTER).match(clean(question)).outcome is not Outcome.ANSWER


def test_a_catalogue_of_one_procedure_answers_with_it_or_not_at_all() -> None:
    matcher = LexicalMatcher([known.BIRTH], phrasebook=known.BOOK)
    assert matcher.match("đăng ký khai sinh").outcome is Outcome.ANSWER
    assert matcher.match("đổi bằng lái xe").outcome is Outcome.UNKNOWN


def test_an_abolished_procedure_is_no_candidate() -> None:
    gone = replace(known.BIRTH, abolished=True)
    assert LexicalMatcher([gone], phrasebook=known.BOOK).match("khai sinh").candidates == ()


def test_two_procedures_of_one_name_are_both_offered() -> None:
    twins = [
        Procedure(code=ProcedureCode(f"1.00000{number}"), name="Cấp thẻ nhà báo")
        for number in (1, 2)
    ]
    match = LexicalMatcher(twins, phrasebook=known.BOOK).match("cấp thẻ nhà báo")
    assert match.outcome is Outcome.CLARIFY
    assert match.choices == 2


@given(st.text(max_size=400))
def test_no_text_breaks_the_matcher(text: str) -> None:
    match = _match(text)
    assert match.choices <= len(match.candidates)
    assert all(0 <= candidate.confidence <= 1 for candidate in match.candidates)
