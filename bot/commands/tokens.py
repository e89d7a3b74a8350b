"""`motcua token`: who may push to the staff HTTP API."""

import datetime as dt
from typing import Annotated

import typer

from bot.commands.screen import out, run, table
from bot.dialogue.plain_words import LOCAL
from bot.errors import Refusal
from bot.settings import read_settings
from bot.wiring import clock, open_house
from db.records import ApiToken, Scope, TokenId

app = typer.Typer(help="Tokens of other systems for the HTTP API.", no_args_is_help=True)

_LONGEST_NAME = 80


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Which system it is for, such as “một cửa Đăk Hà”.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; can be given again.")],
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Days that it is good; else until revoked.")
    ] = None,
) -> None:
    """Make a token. It is shown this once: only a keyed hash of it is kept."""
    run(_add(name.strip(), scope, days))


@app.command("list")
def list_all() -> None:
    """List the tokens with their numbers."""
    run(_list())


@app.command()
def revoke(number: Annotated[int, typer.Argument(help="Of the token, from `token list`.")]) -> None:
    """End a token at once."""
    run(_revoke(TokenId(number)))


async def _add(name: str, scopes: list[Scope], days: int | None) -> None:
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise Refusal(f"The name needs 1 to {_LONGEST_NAME} characters on one line.")
    now = clock()
    async with open_house(read_settings(), answers=False) as house, house.database.unit() as unit:
        token = await unit.tokens.make(
            name,
            scopes=set(scopes),
            now=now,
            expires_at=now + dt.timedelta(days=days) if days else None,
        )
        await unit.commit()
    out.print(token)
    out.print("It is shown this once. Keep it as a secret; docs/api.md shows the first request.")


async def _list() -> None:
    now = clock()
    async with open_house(read_settings(), answers=False) as house, house.database.unit() as unit:
        tokens = await unit.tokens.all()
    rows = [(one.name, one.id, " ".join(sorted(one.scopes)), _state(one, now)) for one in tokens]
    table("", ("name", "number", "scopes", "state"), rows)


async def _revoke(token_id: TokenId) -> None:
    async with open_house(read_settings(), answers=False) as house, house.database.unit() as unit:
        if not await unit.tokens.revoke(token_id, clock()):
            raise Refusal(f"No token in use has the number {token_id}. See `motcua token list`.")
        await unit.commit()
    out.print(f"Token {token_id} opens nothing any more.")


def _state(token: ApiToken, now: dt.datetime) -> str:
    if token.revoked_at:
        return f"revoked {_day(token.revoked_at)}"
    if token.expires_at is None:
        return "good"
    return f"{'good until' if token.is_good(now) else 'ended'} {_day(token.expires_at)}"


def _day(moment: dt.datetime) -> str:
    return f"{moment.astimezone(LOCAL):%d/%m/%Y}"
