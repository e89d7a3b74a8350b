"""Four forms of a receipt's QR code are understood, and nothing else is."""

import pytest

from bot.receipts.link import make, telegram_address, web_address
from bot.receipts.scanned import UNKNOWN_CODE, Scanned
from db.dossier_codes import dossier_codes_in, is_dossier_code
from db.secrets import Keyring
from tests.conftest import KEY

CODE = "H48.14-261116-0001"
SCANNED = Scanned(keyring=Keyring([KEY]))
STRANGE = Keyring([b"the key of somebody else, thirty-two bytes"])


def _reference(keyring: Keyring = SCANNED.keyring) -> str:
    reference = make(keyring, CODE)
    assert reference is not None
    return reference


@pytest.mark.parametrize(
    "text",
    [
        _reference(),
        telegram_address("motcua_bot", _reference()),
        web_address("https://motcua.example", _reference()),
        web_address("https://the-address-before.example/chat", _reference()),
        CODE,
        f" {CODE.lower()}\n",
    ],
)
def test_the_four_forms_are_understood(text: str) -> None:
    assert SCANNED.code_in(text) == CODE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "javascript:alert(1)",
        f"javascript:alert('{CODE}')",
        f"javascript://motcua.example/h/{_reference()}",
        f"data:text/html,/h/{_reference()}",
        f"https://elsewhere.example/?start={_reference()}",
        f"https://elsewhere.example/h/{_reference()}?next=x",
        f"https://t.me/motcua_bot?start={_reference()}&x=1",
        f"https://t.me.elsewhere.example/motcua_bot?start={_reference()}",
        f"https://motcua.example@elsewhere.example/h/{_reference()}",
        f"https://motcua.example/h/{_reference(STRANGE)}",
        _reference(STRANGE),
        f"{CODE} {CODE}",
        "https://motcua.example/h/" + "A" * 40,
        "WIFI:S:motcua;T:WPA;P:12345678;;",
        "079190204613||Nguyễn Thị Lan|01011990|Nữ|Măng Đen|01012021",
    ],
)
def test_nothing_else_is(text: str) -> None:
    assert SCANNED.code_in(text) is None


def test_a_reference_that_is_not_ours_is_spoken_as_a_code_that_nobody_has() -> None:
    assert SCANNED.code_of(_reference()) == CODE
    for foreign in (_reference(STRANGE), "", "x" * 5000, "../..", CODE):
        assert SCANNED.code_of(foreign) == UNKNOWN_CODE


def test_the_code_that_nobody_has_is_read_like_any_other() -> None:
    assert is_dossier_code(UNKNOWN_CODE)
    assert dossier_codes_in(UNKNOWN_CODE) == (UNKNOWN_CODE,)
