"""The webhook's signature: what Zalo signs is taken, whatever else is refused."""

import gzip
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.signature import is_genuine

ACCOUNT = ZaloAccount(
    app_id="360846524940903967",
    app_secret=SecretStr("the app's own secret"),
    oa_id="388613280878808645",
    oa_secret=SecretStr("the account's secret"),
)
BODY = '{"app_id":"360846524940903967","event_name":"user_send_text","message":{"text":"Chào ạ","msg_id":"96d3"},"timestamp":"1724131200000"}'.encode()  # noqa: E501


def _signed(body: bytes, stamp: str = "1724131200000", secret: str = "the account's secret") -> str:
    whole = b"360846524940903967" + body + stamp.encode() + secret.encode()
    return "mac=" + hashlib.sha256(whole).hexdigest()


def test_what_zalo_signed_is_genuine() -> None:
    assert is_genuine(BODY, _signed(BODY), ACCOUNT)
    assert is_genuine(BODY, _signed(BODY).upper().replace("MAC=", "mac="), ACCOUNT)


def test_a_bare_number_as_timestamp_is_read_as_its_digits() -> None:
    body = BODY.replace(b'"1724131200000"', b"1724131200000")
    assert is_genuine(body, _signed(body), ACCOUNT)


@pytest.mark.parametrize(
    "header",
    [None, "", "mac=", "mac", "mac=đ", "mac=" + "0" * 64, "mac=" + "é" * 64, "x" * 5000,
     _signed(BODY)[:-1], _signed(BODY) + "0", _signed(BODY, secret="the app's own secret"),
     _signed(BODY, stamp="1724131200001"), "\ud800"],
)  # fmt: skip
def test_a_wrong_header_is_refused(header: str | None) -> None:
    assert not is_genuine(BODY, header, ACCOUNT)


def test_another_serialisation_of_the_same_json_is_refused() -> None:
    again = json.dumps(json.loads(BODY)).encode()
    assert not is_genuine(again, _signed(BODY), ACCOUNT)


def test_the_app_id_of_the_body_is_not_believed() -> None:
    body = BODY.replace(b"360846524940903967", b"111")
    other = hashlib.sha256(b"111" + body + b"1724131200000" + b"the account's secret").hexdigest()
    assert not is_genuine(body, f"mac={other}", ACCOUNT)


def test_without_a_secret_nothing_is_genuine() -> None:
    bare = ZaloAccount(app_id="1", app_secret=SecretStr("x"), oa_id="2", oa_secret=SecretStr(""))
    signed = hashlib.sha256(b"1" + BODY + b"1724131200000").hexdigest()
    assert not is_genuine(BODY, f"mac={signed}", bare)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff\xfe", b"[" * 100_000, gzip.compress(BODY)])
def test_any_bytes_are_refused_without_an_error(body: bytes) -> None:
    assert not is_genuine(body, _signed(BODY), ACCOUNT)


@given(place=st.integers(0, len(BODY) - 1), byte=st.integers(0, 255))
def test_any_changed_byte_is_noticed(place: int, byte: int) -> None:
    changed = BODY[:place] + bytes([byte]) + BODY[place + 1 :]
    assert is_genuine(changed, _signed(BODY), ACCOUNT) == (changed == BODY)


def test_the_account_shows_no_secret() -> None:
    assert "secret" not in repr(ACCOUNT).replace("app_secret", "").replace("oa_secret", "")
