"""Agreements of people to one purpose each, and their withdrawal."""

import datetime as dt

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from db.records import Consent
from db.tables import consents


class Consents:
    """Rows are only added and marked withdrawn: what was agreed to stays on record."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def give(self, consent: Consent) -> None:
        """Record a consent, unless the same wording is agreed to already."""
        known = await self.current(consent.channel, consent.chat, consent.purpose)
        if known is not None and known.wording_hash == consent.wording_hash:
            return
        await self._connection.execute(
            insert(consents).values(
                channel=consent.channel,
                chat=consent.chat,
                purpose=consent.purpose,
                wording_version=consent.wording_version,
                wording_hash=consent.wording_hash,
                given_at=consent.given_at,
            )
        )

    async def current(self, channel: str, chat: str, purpose: str) -> Consent | None:
        """The newest consent that was not withdrawn."""
        query = (
            select(consents)
            .where(
                consents.c.channel == channel,
                consents.c.chat == chat,
                consents.c.purpose == purpose,
                consents.c.withdrawn_at.is_(None),
            )
            .order_by(consents.c.id.desc())
            .limit(1)
        )
        row = (await self._connection.execute(query)).mappings().first()
        return None if row is None else _consent(row)

    async def of(self, channel: str, chat: str) -> tuple[Consent, ...]:
        """Every consent of an address, withdrawn ones as well, oldest first."""
        query = (
            select(consents)
            .where(consents.c.channel == channel, consents.c.chat == chat)
            .order_by(consents.c.id)
        )
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(_consent(row) for row in rows)

    async def rename(self, channel: str, chat: str, to: str) -> None:
        """The chat has another id from now on."""
        await self._connection.execute(
            update(consents)
            .where(consents.c.channel == channel, consents.c.chat == chat)
            .values(chat=to)
        )

    async def disown(self, channel: str, chat: str, chat_hash: str, at: dt.datetime) -> None:
        """Withdraw every consent of an address and put a keyed hash in the place of its chat."""
        of_address = (consents.c.channel == channel, consents.c.chat == chat)
        await self._connection.execute(
            update(consents)
            .where(*of_address, consents.c.withdrawn_at.is_(None))
            .values(withdrawn_at=at)
        )
        await self._connection.execute(update(consents).where(*of_address).values(chat=chat_hash))

    async def withdraw(self, channel: str, chat: str, purpose: str, at: dt.datetime) -> None:
        """Mark every consent of this address to this purpose as withdrawn."""
        await self._connection.execute(
            update(consents)
            .where(
                consents.c.channel == channel,
                consents.c.chat == chat,
                consents.c.purpose == purpose,
                consents.c.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=at)
        )


def _consent(row: RowMapping) -> Consent:
    return Consent(**{name: row[name] for name in Consent.__slots__})
