"""The signed reference: every code comes back, nothing forged is believed."""

import datetime as dt
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.receipts.link import (
    LONGEST,
    is_reference,
    make,
    printed_address,
    read,
    reference_in,
    telegram_address,
    web_address,
)
from db.dossier_codes import is_dossier_code
from db.secrets import Keyring

_OLD, _NEW = b"the old key, at least thirty-two bytes", b"the new key, at least thirty-two bytes"
RING = Keyring([_NEW])
CODE = "H56.14-240823-0001"
BASE64URL = set(string.ascii_letters + string.digits + "_-")

DATES = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2068, 12, 31))
NUMBERS = st.integers(min_value=0, max_value=999_999).map("{:04d}".format)
FAMILIES = st.tuples(st.sampled_from(string.ascii_uppercase), st.integers(0, 99)).map(
    lambda parts: f"{parts[0]}{parts[1]:02d}"
)
UNITS = st.lists(st.integers(0, 999).map(str), min_size=1, max_size=3).map(".".join)
OLD_HEADS = st.tuples(st.integers(0, 999), st.integers(0, 99), st.integers(0, 99)).map(
    lambda parts: "{:03d}.{:02d}.{:02d}".format(*parts)
)
HEADS = st.one_of(
    st.tuples(FAMILIES, UNITS).map(".".join), st.tuples(OLD_HEADS, FAMILIES).map(".".join)
)
NATIONAL = st.tuples(HEADS, DATES, NUMBERS).map(
    lambda parts: f"{parts[0]}-{parts[1]:%y%m%d}-{parts[2]}"
)
"""Codes of the two national forms."""

LOCAL = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.-", min_size=1, max_size=59)
OTHER = st.text(min_size=1, max_size=9)


@given(NATIONAL)
def test_a_national_code_comes_back_and_its_mac_has_128_bits(code: str) -> None:
    assert is_dossier_code(code)
    reference = make(RING, code)
    assert reference is not None
    assert read(RING, reference) == code
    assert len(reference) <= 50
    assert set(reference) <= BASE64URL


@given(st.one_of(LOCAL, OTHER))
def test_any_other_code_that_fits_comes_back(code: str) -> None:
    reference = make(RING, code)
    assert reference is not None
    assert read(RING, reference) == code
    assert len(reference) <= LONGEST
    assert set(reference) <= BASE64URL


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        ("", False),
        ("-" * 59, True),
        ("-" * 60, False),
        ("-" * 64, False),
        ("x" * 39, True),
        ("x" * 40, False),
        ("ệ" * 13, True),
        ("ệ" * 14, False),
        ("x" * 4000, False),
    ],
)
def test_a_code_that_leaves_no_room_for_64_bits_gets_no_reference(code: str, *, fits: bool) -> None:
    reference = make(RING, code)
    assert (reference is not None) is fits
    if reference is not None:
        assert len(reference) <= LONGEST
        assert read(RING, reference) == code


def test_none_of_ten_thousand_forged_references_is_believed() -> None:
    chance = random.Random(24)
    genuine = make(RING, CODE)
    stolen = make(RING, "H56.14-240823-0002")
    strange = make(Keyring([_OLD]), CODE)
    assert genuine is not None
    assert stolen is not None
    assert strange is not None
    letters = sorted(BASE64URL)
    forged = {strange, genuine[:-1], genuine + "A", genuine.swapcase(), genuine[:17] + stolen[17:]}
    while len(forged) < 10_000:
        way = chance.randrange(3)
        if way == 0:
            forged.add("".join(chance.choices(letters, k=chance.randrange(80))))
        elif way == 1:
            place = chance.randrange(len(genuine))
            forged.add(genuine[:place] + chance.choice(letters) + genuine[place + 1 :])
        else:
            mac = "".join(chance.choices(letters, k=len(genuine) - 17))
            forged.add(genuine[:17] + mac)
    forged.discard(genuine)
    assert [one for one in forged if read(RING, one) is not None] == []


@pytest.mark.parametrize(
    "text",
    ["", " ", CODE, "\x00" * 20, "ệ" * 20, "-" * 64, "_" * 64, "A" * 64, "gA" * 20, "=" * 40],
)
def test_what_is_no_reference_is_none(text: str) -> None:
    assert read(RING, text) is None


@given(st.text(max_size=100))
def test_no_text_makes_it_fail(text: str) -> None:
    assert read(RING, text) is None
    reference_in(text)


def test_a_receipt_of_a_former_key_is_read_as_long_as_the_key_is_kept() -> None:
    reference = make(Keyring([_OLD]), CODE)
    assert reference is not None
    assert read(Keyring([_NEW, _OLD]), reference) == CODE
    assert read(Keyring([_NEW]), reference) is None


def test_the_reference_is_found_in_what_the_qr_code_holds() -> None:
    reference = make(RING, CODE)
    assert reference is not None
    for public_url, telegram_bot, shown in (
        ("https://motcua.example", "motcua_bot", f"https://motcua.example/h/{reference}"),
        ("https://x.example/chat", "", f"https://x.example/chat/h/{reference}"),
        ("", "motcua_bot", f"https://t.me/motcua_bot?start={reference}"),
        ("", "", reference),
    ):
        text = printed_address(reference, public_url=public_url, telegram_bot=telegram_bot)
        assert text == shown
        assert reference_in(text) == reference
    assert web_address("https://x.example", "r") == "https://x.example/h/r"
    assert telegram_address("b", "r") == "https://t.me/b?start=r"


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)//h/" + "A" * 40,
        "data:text/html,/h/" + "A" * 40,
        "https://elsewhere.example/",
        "https://elsewhere.example/h/short",
        "079123456789|Nguyễn Thị Lan|01011990|Nữ",
        "tel:0900000000",
    ],
)
def test_other_qr_codes_hold_no_reference(text: str) -> None:
    assert reference_in(text) is None


def test_the_form_of_a_reference_is_told_without_a_key() -> None:
    reference = make(RING, CODE)
    assert reference is not None
    assert is_reference(reference)
    assert not is_reference(CODE)
