"""The offices that hold dossiers."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from db.records import Organisation
from db.tables import organisations

_ASKED_BY_CODE = 500  # more than these are quicker found by reading all


class Organisations:
    """Offices by their code; a later name replaces an earlier one, saying nothing does not."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, offices: Iterable[Organisation]) -> None:
        """Keep offices, new or known."""
        given = {office.code: office for office in offices}
        known = await self.find(list(given))
        wanted = {code: _with_known(office, known.get(code)) for code, office in given.items()}
        new = [_values(office) for code, office in wanted.items() if code not in known]
        if new:
            await self._connection.execute(insert(organisations), new)
        for code, office in wanted.items():
            if code in known and known[code] != office:
                await self._connection.execute(
                    update(organisations)
                    .where(organisations.c.code == code)
                    .values(**_values(office))
                )

    async def find(self, codes: Sequence[str]) -> dict[str, Organisation]:
        """The known ones of these offices, by code."""
        query = select(organisations)
        if len(codes) <= _ASKED_BY_CODE:
            query = query.where(organisations.c.code.in_(codes))
        rows = (await self._connection.execute(query)).mappings()
        wanted = set(codes)
        return {row["code"]: to_organisation(row) for row in rows if row["code"] in wanted}

    async def all(self) -> tuple[Organisation, ...]:
        """Every office, in order of code."""
        query = select(organisations).order_by(organisations.c.code)
        rows = (await self._connection.execute(query)).mappings().all()
        return tuple(to_organisation(row) for row in rows)


def to_organisation(row: RowMapping) -> Organisation:
    """A row of the table as a record."""
    return Organisation(
        code=row["code"],
        name=row["name"],
        address=row["address"],
        phone=row["phone"],
        former_names=tuple(json.loads(row["former_names"])),
    )


def _with_known(office: Organisation, known: Organisation | None) -> Organisation:
    """What one source does not know of an office stays as another one told it."""
    if known is None:
        return office
    return Organisation(
        code=office.code,
        name=office.name,
        address=office.address or known.address,
        phone=office.phone or known.phone,
        former_names=office.former_names or known.former_names,
    )


def _values(office: Organisation) -> dict[str, str]:
    return {
        "code": office.code,
        "name": office.name,
        "address": office.address,
        "phone": office.phone,
        "former_names": json.dumps(office.former_names, ensure_ascii=False),
    }
