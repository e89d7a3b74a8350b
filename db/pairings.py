"""Pairing codes: made at the desk for one dossier, taken once, kept as keyed hashes."""

import datetime as dt
import re
import secrets

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.secrets import Keyring
from db.tables import dossiers, pairing_codes

LIFETIME = dt.timedelta(minutes=10)

LENGTH = 8
"""Characters of five bits each: 40 bits, for one dossier, for ten minutes."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O (read as 1, 1, 0 when typed) and no U."""

_LOOK_ALIKES = str.maketrans("ILO", "110")
_SEPARATORS = re.compile(r"[\s.\-–—]+")


class Pairings:
    """The store of pairing codes in one transaction."""

    def __init__(self, connection: AsyncConnection, keyring: Keyring) -> None:
        self._connection = connection
        self._keyring = keyring

    async def make(self, code: str, *, made_by: str, now: dt.datetime) -> str | None:
        """A new pairing code for a dossier, told this once; None when no dossier has the code.

        It replaces those of the dossier that nobody took.
        """
        # Locked, so that of two made at the same time the later one replaces the other.
        query = select(dossiers.c.id).where(dossiers.c.code == code).with_for_update(key_share=True)
        dossier_id = await self._connection.scalar(query)
        if dossier_id is None:
            return None
        await self._connection.execute(
            delete(pairing_codes).where(
                pairing_codes.c.dossier_id == dossier_id, pairing_codes.c.used_at.is_(None)
            )
        )
        pairing_code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        await self._connection.execute(
            insert(pairing_codes).values(
                dossier_id=dossier_id,
                code_hash=self._hashes(code, pairing_code)[0],
                made_by=made_by,
                made_at=now,
                expires_at=now + LIFETIME,
            )
        )
        return pairing_code

    async def take(self, pairing_code: str, *, code: str, now: dt.datetime) -> bool:
        """Use up a pairing code of the dossier `code`; True for exactly one taker, once committed.

        Forgives capitals, separators, and I, L, O for 1, 1, 0. The hash is bound to the dossier's
        code, so one statement decides, whether or not the dossier or the pairing code exists.
        """
        result = await self._connection.execute(
            update(pairing_codes)
            .where(
                pairing_codes.c.code_hash.in_(self._hashes(code, pairing_code)),
                pairing_codes.c.used_at.is_(None),
                pairing_codes.c.expires_at > now,
            )
            .values(used_at=now)
        )
        return int(result.rowcount) == 1

    async def purge(self, before: dt.datetime) -> None:
        """Forget codes that ended before a moment, taken or not."""
        await self._connection.execute(
            delete(pairing_codes).where(pairing_codes.c.expires_at < before)
        )

    def _hashes(self, code: str, pairing_code: str) -> tuple[str, ...]:
        return self._keyring.hashes("pairing", code, _plain(pairing_code))


def _plain(typed: str) -> str:
    return _SEPARATORS.sub("", typed).upper().translate(_LOOK_ALIKES)
