"""Whether a webhook request comes from Zalo: a hash over the raw bytes and a shared secret."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from bot.channels.zalo.account import ZaloAccount

HEADER = "X-ZEvent-Signature"
_PREFIX = "mac="
_LONGEST = 100  # of a header that can be right: the prefix and 64 hexadecimal digits


def is_genuine(body: bytes, header: str | None, account: ZaloAccount) -> bool:
    """Whether the header is `mac=` and sha256(app id + body + timestamp + OA secret) in hex.

    The timestamp stands in the body itself, so it is read before anything is trusted: whatever it
    says, the hash covers it. The app id is ours, never the body's. A repeated delivery keeps its
    old timestamp for an hour and more, so its age says nothing; the inbox knows repeats by key.
    """
    given = (header or "").strip()
    if not account.oa_secret.get_secret_value() or len(given) > _LONGEST:
        return False
    right = mac(body, timestamp_of(body), account)
    # Compared as bytes: compare_digest refuses text beyond ASCII, which a header may hold.
    shown = given.removeprefix(_PREFIX).strip().lower()
    return hmac.compare_digest(shown.encode("utf-8", "replace"), right.encode())


def mac(body: bytes, timestamp: str, account: ZaloAccount) -> str:
    """The hash that Zalo sends with a body: a plain SHA-256 over the parts, not an HMAC."""
    secret = account.oa_secret.get_secret_value()
    parts = (account.app_id.encode(), body, timestamp.encode(), secret.encode())
    return hashlib.sha256(b"".join(parts)).hexdigest()


def timestamp_of(body: bytes) -> str:
    """The body's timestamp as its digits; empty where there is none to read."""
    stamp = read_object(body).get("timestamp", "")
    if isinstance(stamp, bool) or not isinstance(stamp, str | int):
        return ""
    digits = str(stamp)
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= 20 else ""


def read_object(text: bytes | str) -> Mapping[str, Any]:
    """A JSON object, or an empty one for anything else. Never raises."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
