"""The dossier that a command names, or a refusal that says why there is not one."""

from bot.errors import Refusal
from db.dossier_codes import dossier_codes_in
from db.proofs import Proofs
from db.records import Dossier
from db.work import UnitOfWork


async def one_dossier(unit: UnitOfWork, code: str) -> tuple[Dossier, Proofs]:
    """The dossier with this code, however it is typed. Raises Refusal unless it is exactly one."""
    found = await unit.dossiers.find((code, *dossier_codes_in(code)))
    if len(found) != 1:
        raise Refusal(_not_one(code, sorted(found)))
    return next(iter(found.values()))


def _not_one(code: str, found: list[str]) -> str:
    if found:
        return f"{code} can mean {' or '.join(found)}. Write the code with its dots and dashes."
    return f"No dossier has the code {code}."
