"""Vietnamese text as people type it."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import (
    QUESTION_LIMIT,
    accented_words,
    clean,
    fold,
    has_accents,
    place_tones,
    shorten,
    words,
)


@given(st.text())
def test_cleaning_is_idempotent_and_bounded(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert len(once) <= QUESTION_LIMIT
    assert once == once.strip()


@given(st.text(st.characters(codec="utf-8")))
def test_decomposed_text_cleans_to_the_same_words(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)
    assert words(clean(composed))[:5] == words(clean(decomposed))[:5]


@given(st.text())
def test_what_is_cleaned_can_be_stored_anywhere(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    cleaned.encode("utf-8")


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        " ",
        "a" * (1 << 20),
        "\x00" * 5000,
        "\ud800\udfff",
        "a" + "\u0301" * 10_000,
        "ệ\u0323\u0302" * 5_000,
        "🙂" * 5_000,
        "\u202eשלום",
        "<script>alert(1)</script>",
        "'; DROP TABLE dossiers; --",
    ],
)
def test_hostile_text_is_cleaned_quickly(hostile: str) -> None:
    started = time.perf_counter()
    words(clean(hostile))
    assert time.perf_counter() - started < 0.2


def test_accents_and_d_fall_away() -> None:
    assert fold("Đăng ký KHAI SINH, giấy chứng nhận") == "dang ky khai sinh, giay chung nhan"


def test_words_keep_codes_whole() -> None:
    assert words("Thủ tục 1.001193 theo 123/2015/NĐ-CP!") == [
        "thu", "tuc", "1.001193", "theo", "123/2015/nd-cp",
    ]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [("hòa", "hoà"), ("thúy", "thuý"), ("khỏe", "khoẻ")])
def test_both_ways_of_placing_tones_are_one(old: str, new: str) -> None:
    assert place_tones(old) == place_tones(new)
    assert accented_words(old) == accented_words(new)


def test_closed_syllables_keep_their_tone_where_it_is() -> None:
    assert place_tones("hoàn toàn tòan") == "hoàn toàn tòan"


@pytest.mark.parametrize(
    ("text", "accented"), [("khai sinh", False), ("đất", True), ("Đi", True), ("OK", False)]
)
def test_accents_are_noticed(text: str, accented: bool) -> None:  # noqa: FBT001
    assert has_accents(text) is accented


@given(st.text())
def test_folding_leaves_no_marks_and_is_the_same_for_nfc_and_nfd(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert fold(composed) == fold(decomposed)
    assert not any(unicodedata.combining(char) for char in fold(text))


@given(st.text(min_size=1), st.integers(2, 80))
def test_shortening_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit
