"""The right to know a dossier, compared with keyed hashes in constant time."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from db.records import ProofKind
from db.secrets import Keyring

_ABSENT = "0" * 64  # no HMAC-SHA256 is all zeros in practice, and matching it opens nothing
_SEPARATORS = re.compile(r"[\s.\-–—]+")
_NOT_DIGITS = re.compile(r"[^0-9]+")
_NATIONAL_DIGITS = 9  # of a Vietnamese mobile number, without the leading 0 or 84


@dataclass(frozen=True, slots=True, repr=False)
class Proofs:
    """What a dossier's owner, or somebody the owner sent, can show.

    One comparison costs the same, whatever it compares with.
    """

    _keyring: Keyring
    _code: str
    _tail_hashes: Sequence[str]
    _secret_hash: str
    _phone_hashes: Sequence[str] = ()

    def matches(self, kind: ProofKind, answer: str) -> bool:
        """Whether a typed answer is right; separators and, in secrets, capitals do not matter.

        A phone is never typed: only `is_phone_of` accepts one.
        """
        kept: Sequence[str] = ()
        if kind is ProofKind.NUMBER_TAIL:
            kept = self._tail_hashes
        elif kind is ProofKind.RECEIPT_SECRET:
            kept = (self._secret_hash,)
        given = proof_hashes(self._keyring, kind, self._code, answer)
        return _any_equal(kept, given)

    def is_phone_of(self, hashes: Sequence[str]) -> bool:
        """Whether a phone that a platform vouched for (`phone_hash`) is one of the dossier's."""
        return _any_equal(self._phone_hashes, hashes)


def absent_proofs(keyring: Keyring) -> Proofs:
    """Proofs of no dossier: they cost what real ones cost and never match."""
    return Proofs(keyring, "-", ("",), "", ("",))


def kept_proof(keyring: Keyring, kind: ProofKind, code: str, answer: str) -> str:
    """The hash to keep for a proof; empty for none. Bound to the dossier's code."""
    return proof_hashes(keyring, kind, code, answer)[0] if answer else ""


def proof_hashes(keyring: Keyring, kind: ProofKind, code: str, answer: str) -> tuple[str, ...]:
    """The hashes of an answer under every key."""
    plain = _SEPARATORS.sub("", answer).upper()
    return keyring.hashes(kind.value, code, plain)


def phone_hash(keyring: Keyring, phone: str) -> str:
    """The hash to keep for a phone, however it is written; empty for none."""
    return phone_hashes(keyring, phone)[0] if phone else ""


def phone_hashes(keyring: Keyring, phone: str) -> tuple[str, ...]:
    """The hashes of a phone under every key: "0900 000 001", "+84900000001" are one phone."""
    return keyring.hashes("phone", plain_phone(phone))


def plain_phone(phone: str) -> str:
    """The national number with its leading 0: +84900…, 84900… and 0900… are the same."""
    digits = _NOT_DIGITS.sub("", phone)
    if digits.startswith("84") and len(digits) == _NATIONAL_DIGITS + 2:
        digits = digits[2:]
    return digits if digits.startswith("0") or len(digits) != _NATIONAL_DIGITS else f"0{digits}"


def _any_equal(kept: Sequence[str], given: Sequence[str]) -> bool:
    matched = [hmac.compare_digest(one or _ABSENT, other) for one in kept for other in given]
    return any(matched)
