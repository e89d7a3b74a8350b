"""What a scanned QR code means for the conversation: the dossier code to speak in it."""

from dataclasses import dataclass

from bot.receipts.link import read, reference_in
from db.dossier_codes import is_dossier_code
from db.secrets import Keyring

UNKNOWN_CODE = "A00.00-000101-0000"
"""Spoken for a reference that is not ours: a code of the national form that no office gives, as
running numbers begin at 1. So it is answered as every code is that is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scanned:
    """Understands references and QR codes; every channel asks it in the same way."""

    keyring: Keyring

    def code_of(self, reference: str) -> str:
        """What to speak for a reference that a link carried: the landing page's, `?start=`'s."""
        return read(self.keyring, reference) or UNKNOWN_CODE

    def code_in(self, text: str) -> str | None:
        """The dossier code that a QR code holds, bare or in a reference of ours; else None.

        Who scans the identity card or a foreign address is told so, and nothing is asked.
        """
        bare = text.strip()
        if is_dossier_code(bare.upper()):
            return bare.upper()
        reference = reference_in(bare)
        return read(self.keyring, reference) if reference else None
