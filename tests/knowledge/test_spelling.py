"""Slips of the keyboard and what they were meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.spelling import Speller

_SPELLER = Speller(
    dict.fromkeys(("giay", "khai", "sinh", "dang", "ky", "ket", "hon", "duong", "chung"), 5)
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("giaays", ("giay",)),
        ("ddawng", ("dang",)),
        ("duwowngf", ("duong",)),
        ("d9a8ng", ("dang",)),
        ("giaykhaisinh", ("giay", "khai", "sinh")),
        ("dangky", ("dang", "ky")),
        ("giqy", ("giay",)),
        ("siinh", ("sinh",)),
        ("snih", ("sinh",)),
        ("zzzzzz", ()),
        ("ab", ()),
    ],
)
def test_a_slip_is_guessed(typed: str, meant: tuple[str, ...]) -> None:
    assert _SPELLER.guess(typed) == meant


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", max_size=60))
def test_no_word_breaks_it_and_every_guess_is_a_known_word(word: str) -> None:
    known = {"giay", "khai", "sinh", "dang", "ky", "ket", "hon", "duong", "chung"}
    assert set(_SPELLER.guess(word)) <= known
