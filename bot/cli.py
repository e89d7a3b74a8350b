"""The command `motcua`."""

import typer

from bot.commands import (
    asking,
    catalogue,
    dossiers,
    misunderstood,
    pairing,
    platforms,
    receipts,
    report,
    simulate,
    sources,
    system,
    tokens,
)
from bot.commands.screen import err
from bot.errors import Refusal
from bot.wiring import start_logging

app = typer.Typer(
    help="A chat desk for one-stop offices: procedures, dossiers, notices.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(system.serve)
app.command()(asking.ask)
app.command()(asking.chat)
app.command()(asking.evaluate)
app.command()(misunderstood.misunderstood)
app.command()(report.report)
app.command()(receipts.receipt)
app.command()(pairing.pair)
app.command("learn")(asking.learn_weights)
app.command()(simulate.simulate)
app.command()(system.demo)
app.command()(system.check)
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(dossiers.app, name="dossiers")
app.add_typer(tokens.app, name="token")
app.add_typer(sources.app, name="sources")
app.add_typer(system.db_app, name="db")
app.add_typer(platforms.telegram_app, name="telegram")
app.add_typer(platforms.zalo_app, name="zalo")
app.add_typer(platforms.inbox_app, name="inbox")


def main() -> None:
    """Run the command line; refusals outside a command's work end here too."""
    start_logging()
    try:
        app()
    except Refusal as refusal:
        err.print(str(refusal), style="red")
        raise SystemExit(1) from None
