"""The right to know a dossier, compared with keyed hashes in constant time."""

import hmac
import re
from dataclasses import dataclass

from db.records import ProofKind
from db.secrets import Keyring

_ABSENT = "0" * 64  # no HMAC-SHA256 is all zeros in practice, and matching it opens nothing
_SEPARATORS = re.compile(r"[\s.\-–—]+")


@dataclass(frozen=True, slots=True, repr=False)
class Proofs:
    """What a dossier's owner can show. One comparison costs the same, whatever it compares with."""

    _keyring: Keyring
    _code: str
    _tail_hash: str
    _secret_hash: str

    def matches(self, kind: ProofKind, answer: str) -> bool:
        """Whether the answer is right; separators and, in secrets, capitals do not matter."""
        kept = self._tail_hash if kind is ProofKind.NUMBER_TAIL else self._secret_hash
        given = proof_hashes(self._keyring, kind, self._code, answer)
        matched = [hmac.compare_digest(kept or _ABSENT, one) for one in given]
        return any(matched)


def absent_proofs(keyring: Keyring) -> Proofs:
    """Proofs of no dossier: they cost what real ones cost and never match."""
    return Proofs(keyring, "-", "", "")


def kept_proof(keyring: Keyring, kind: ProofKind, code: str, answer: str) -> str:
    """The hash to keep for a proof; empty for none. Bound to the dossier's code."""
    return proof_hashes(keyring, kind, code, answer)[0] if answer else ""


def proof_hashes(keyring: Keyring, kind: ProofKind, code: str, answer: str) -> tuple[str, ...]:
    """The hashes of an answer under every key."""
    plain = _SEPARATORS.sub("", answer).upper()
    return keyring.hashes(kind.value, code, plain)
