"""Bodies of requests and answers as a person reads them, with every secret starred: pure."""

import json
from collections.abc import Mapping, Sequence
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl

STARS = "•••"

_SECRET_NAMES = frozenset(
    {
        "access_token",
        "refresh_token",
        "secret_key",
        "secret_token",
        "code",
        "code_verifier",
        "x-telegram-bot-api-secret-token",
    }
)
"""Fields and headers that hold nothing but a secret, on any platform."""

_HEADERS = frozenset({"content-type", "x-zevent-signature", "num_retry"}) | _SECRET_NAMES
_LONGEST_TEXT = 4_000


class Starred:
    """Stars the given secrets wherever they stand, and whatever a secret's field holds."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = sorted(filter(None, secrets), key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, STARS)
        return text

    def value(self, value: Any) -> Any:
        """The same for anything that JSON can hold."""
        match value:
            case dict():
                return {
                    name: STARS if name.lower() in _SECRET_NAMES else self.value(part)
                    for name, part in value.items()
                }
            case list():
                return [self.value(part) for part in value]
            case str():
                return self.text(value)
            case _:
                return value

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The few headers that mean something, in lower case."""
        shown = {name.lower(): value for name, value in headers.items()}
        starred: dict[str, str] = self.value(
            {name: value for name, value in shown.items() if name in _HEADERS}
        )
        return starred


def readable(kind: str, body: bytes) -> Any:
    """A body as something that JSON can hold; what is no text becomes its size."""
    if not body:
        return None
    base = kind.partition(";")[0].strip().lower()
    if base == "multipart/form-data":
        return _parts(kind, body)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _size(body)
    if base == "application/x-www-form-urlencoded":
        return {name: _unfolded(value) for name, value in parse_qsl(text, keep_blank_values=True)}
    try:
        return json.loads(text)
    except ValueError:
        return text if len(text) <= _LONGEST_TEXT else _size(body)


def _parts(kind: str, body: bytes) -> dict[str, Any]:
    whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    read: dict[str, Any] = {}
    for part in whole.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        file = part.get_filename()
        if file:
            read[name] = f"{file}, {_size(content)}"
        else:
            read[name] = _unfolded(content.decode("utf-8", "replace"))
    return read


def _unfolded(text: str) -> Any:
    """An object or a list that was put into one field of a form."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _size(content: bytes) -> str:
    return f"{len(content)} bytes"
