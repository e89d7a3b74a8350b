"""The signed reference in a receipt's QR code: it proves who printed it, and opens nothing alone.

A reference is base64url without padding of: one byte (how the code is written, and in how many
bytes), the dossier code, the MAC. The MAC takes what room is left, at most 128 bits. A code fits
as long as 64 bits are left: up to 59 characters of `0-9 A-Z . -`, up to 39 bytes of UTF-8
otherwise. All dossier codes of today have 18 to 27 characters.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterator

from db.secrets import Keyring

LONGEST = 64
"""Characters of a reference: what Telegram lets through in `?start=`, as are its letters."""

_PURPOSE = "receipt_reference"
_ROOM = LONGEST * 6 // 8 - 1  # bytes for code and MAC, beside the first byte
_MAC_BYTES, _LEAST_MAC_BYTES = 16, 8
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.-"
_BASE = len(_LETTERS) + 1  # no letter stands for nought: a code may begin with any letter
_PACKED, _AS_IS = 0, 64  # the first byte without the number of bytes, which is below 64
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{15,64}")
_ADDRESS = re.compile(
    r"(?:https://t\.me/[a-z0-9_]{5,32}\?start=|https?://[^\s/?#@]+(?:/[^\s?#]*)?/h/)"
    r"(?P<reference>[a-z0-9_-]{15,64})",
    re.IGNORECASE,
)


def make(keyring: Keyring, code: str) -> str | None:
    """The reference for a dossier code, or None for a code that is empty or does not fit."""
    return next(_under_every_key(keyring, code), None)


def read(keyring: Keyring, reference: str) -> str | None:
    """The dossier code in a reference of ours, of any key of the ring; None for anything else.

    A reference is right when it is what `make` makes: there is one way to write it. Comparing
    takes the same time wherever they differ.
    """
    code = _claimed(reference)
    if code is None:
        return None
    is_ours = False
    for known in _under_every_key(keyring, code):
        is_ours |= hmac.compare_digest(known, reference)
    return code if is_ours else None


def is_reference(text: str) -> bool:
    """Whether the text has the form of a reference; whether it is ours, only `read` tells."""
    return _REFERENCE.fullmatch(text) is not None


def reference_in(text: str) -> str | None:
    """What has the form of a reference in the text of a QR code: an address of ours, or it alone.

    The host does not matter: addresses are never opened, and only `read` believes a reference.
    So a receipt stays readable when the office's address has changed since.
    """
    found = _ADDRESS.fullmatch(text)
    if found:
        return found["reference"]
    return text if is_reference(text) else None


def web_address(public_url: str, reference: str) -> str:
    """The page that a scanned receipt opens. `public_url` has no slash at its end."""
    return f"{public_url}/h/{reference}"


def telegram_address(bot: str, reference: str) -> str:
    """A chat with the bot, the reference handed over when the person presses Start."""
    return f"https://t.me/{bot}?start={reference}"


def printed_address(reference: str, *, public_url: str = "", telegram_bot: str = "") -> str:
    """What the QR code holds: the page, which leads to every channel, where there is one."""
    if public_url:
        return web_address(public_url, reference)
    if telegram_bot:
        return telegram_address(telegram_bot, reference)
    return reference


def _under_every_key(keyring: Keyring, code: str) -> Iterator[str]:
    """The reference under each key, the current one first; none when the code does not fit."""
    if not 0 < len(code) <= LONGEST:
        return
    body = _written(code)
    room = min(_ROOM - len(body) + 1, _MAC_BYTES)
    if room < _LEAST_MAC_BYTES:
        return
    for mac in keyring.hashes(_PURPOSE, code):
        whole = body + bytes.fromhex(mac)[:room]
        yield base64.urlsafe_b64encode(whole).decode("ascii").rstrip("=")


def _written(code: str) -> bytes:
    """The first byte and the code."""
    if set(code) <= set(_LETTERS):
        number = 0
        for letter in code:
            number = number * _BASE + _LETTERS.index(letter) + 1
        packed = number.to_bytes((number.bit_length() + 7) // 8)
        form = _PACKED
    else:
        packed = code.encode("utf-8", "replace")
        form = _AS_IS
    return bytes([form | len(packed) & 63]) + packed


def _claimed(reference: str) -> str | None:
    """The code that a reference says it is about; nothing vouches for it yet."""
    if not is_reference(reference):
        return None
    try:
        whole = base64.urlsafe_b64decode(reference + "=" * (-len(reference) % 4))
    except binascii.Error:
        return None
    form, length = whole[0] & ~63, whole[0] & 63
    packed = whole[1 : 1 + length]
    if form == _PACKED:
        return _unpacked(packed)
    if form == _AS_IS:
        return packed.decode("utf-8", "replace")
    return None


def _unpacked(packed: bytes) -> str | None:
    letters = []
    number = int.from_bytes(packed)
    while number:
        number, place = divmod(number, _BASE)
        if place == 0:
            return None
        letters.append(_LETTERS[place - 1])
    return "".join(reversed(letters))
