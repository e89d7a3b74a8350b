"""`motcua receipt`: write the slip that the desk prints and hands to the citizen."""

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.finding import one_dossier
from bot.commands.screen import out, run
from bot.errors import Refusal
from bot.office import read_office
from bot.receipts.link import make, printed_address
from bot.receipts.slip import Slip, render_slip
from bot.settings import read_settings
from bot.wiring import open_house
from db.records import ProofKind


def receipt(
    code: Annotated[str, typer.Argument(help="The dossier code.")],
    secret: Annotated[
        str, typer.Option(help="The dossier's secret, to print it; it is not kept in clear.")
    ] = "",
    collect: Annotated[str, typer.Option(help="Where the result is handed over.")] = "",
    to: Annotated[
        Path | None, typer.Option(help="HTML file to write; without it, the code names it.")
    ] = None,
) -> None:
    """Write a dossier's receipt with its QR code, to open in a browser and print on A5."""
    run(_receipt(code, secret.strip().upper(), collect.strip(), to))


async def _receipt(code: str, secret: str, collect: str, to: Path | None) -> None:
    settings = read_settings()
    async with open_house(settings, answers=False) as house:
        async with house.database.unit() as unit:
            dossier, proofs = await one_dossier(unit, code)
        if secret and not proofs.matches(ProofKind.RECEIPT_SECRET, secret):
            raise Refusal(
                f"The secret is not that of {dossier.code}; nothing was written. "
                "Give the one that the dossier came with, or leave --secret out."
            )
        reference = make(house.keyring, dossier.code)
    if reference is None:
        raise Refusal(f"The code {dossier.code} is too long for the QR code of a receipt.")
    public_url, telegram_bot = settings.public_url, settings.telegram_bot
    slip = Slip(
        dossier=dossier,
        office=read_office(settings.office),
        address=printed_address(reference, public_url=public_url, telegram_bot=telegram_bot),
        public_url=public_url,
        telegram_bot=telegram_bot,
        collect_where=collect,
        secret=secret,
    )
    path = to or Path(f"{dossier.code.replace('/', '_')}.html")
    _write(path, render_slip(slip))
    out.print(f"The receipt of {dossier.code} is in {path}.")
    if not (public_url or telegram_bot):
        out.print(
            "Its QR code holds a bare reference. Set MOTCUA_PUBLIC_URL, and phones open the chat."
        )


def _write(path: Path, text: str) -> None:
    """Write for the owner of the file alone: it holds a citizen's name."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Refusal(
            f"{path} cannot be written ({error.strerror}). Name another file with --to."
        ) from None
