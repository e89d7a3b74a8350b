"""Keys, encryption, keyed hashes: how the database holds people's data without showing it."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Keyring:
    """Secret keys, the current one first; older ones are still read.

    From each key, one sub-key for encryption and one for hashing are derived, so that neither
    tells anything about the other. Its repr shows nothing.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("A keyring needs at least one key.")
        self._fernet = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(_derived(key, b"encryption"))) for key in keys]
        )
        self._hash_keys = tuple(_derived(key, b"hashing") for key in keys)

    def __repr__(self) -> str:
        return "Keyring(***)"

    def encrypt(self, text: str) -> str:
        """Encrypt for keeping; the same text gives another token each time. Empty stays empty."""
        return self._fernet.encrypt(text.encode()).decode() if text else ""

    def decrypt(self, token: str) -> str:
        """Read a token of any key of the ring. Raises KeyMissing when no key fits."""
        if not token:
            return ""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            raise KeyMissing from None

    def hash(self, purpose: str, *parts: str) -> str:
        """A keyed hash for comparison: equal inputs are equal, and nothing can be read from it."""
        return _hmac(self._hash_keys[0], purpose, parts)

    def hashes(self, purpose: str, *parts: str) -> tuple[str, ...]:
        """The hash under every key of the ring, for comparing with what an older key wrote."""
        return tuple(_hmac(key, purpose, parts) for key in self._hash_keys)

    def chat_hash(self, channel: str, chat: str) -> str:
        """What stands for an address where attempts are counted."""
        return self.hash("chat", channel, chat)

    def code_hash(self, code: str) -> str:
        """What stands for a dossier code where it must not be read: attempts, logs."""
        return self.hash("code", code)


class KeyMissing(Exception):  # noqa: N818 - the name says what is wrong
    """Something in the database was encrypted with a key that is not among MOTCUA_KEYS."""

    def __init__(self) -> None:
        super().__init__(
            "A record was encrypted with a key that is not known. "
            "Add the former key behind the current one in MOTCUA_KEYS."
        )


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"motcua:" + purpose).derive(key)


def _hmac(key: bytes, purpose: str, parts: Sequence[str]) -> str:
    message = "\x1f".join((purpose, *parts)).encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).hexdigest()
