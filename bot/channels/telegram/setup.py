"""What is set at Telegram once: webhook, menu, descriptions; and whether it is all right."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.api import Api
from bot.channels.telegram.commands import SAYS
from bot.channels.telegram.intake import ALLOWED_UPDATES
from bot.channels.telegram.outcomes import safe, why
from bot.messages import Language
from bot.wording.telegram import telegram_wording

Mode = Literal["polling", "webhook"]

CONNECTIONS = 10
"""Webhook requests that Telegram may have open at the same time."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MANY_PENDING = 100
_RECENTLY = dt.timedelta(hours=1)


class CannotSetUp(Exception):  # noqa: N818 - the office has to mend something
    """What Telegram refused or why it was not asked, in a sentence without secrets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What Telegram says of us. `problems`: sentences, none where all is well."""

    bot: str = ""
    problems: tuple[str, ...] = ()


async def set_webhook(api: Api, url: str, secret: str, *, connections: int = CONNECTIONS) -> None:
    """Have updates delivered to `url`, each with the secret in its header. Raises CannotSetUp."""
    if not _SECRET.fullmatch(secret):
        raise CannotSetUp(
            "The webhook secret needs 1 to 256 of A-Z a-z 0-9 _ -. "
            "Set TELEGRAM_WEBHOOK_SECRET to a long random one."
        )
    if not urlsplit(url).hostname:
        raise CannotSetUp(f"{url!r} is no address that Telegram can reach. Give one of https.")
    await _ask(
        api,
        "setWebhook",
        url=url,
        secret_token=secret,
        max_connections=connections,
        allowed_updates=list(ALLOWED_UPDATES),
    )


async def delete_webhook(api: Api) -> None:
    """Stop delivery; what is pending waits for a long poll. Raises CannotSetUp."""
    await _ask(api, "deleteWebhook")


async def describe(api: Api) -> None:
    """Set menu and descriptions: Vietnamese for everybody, English for applications in English.

    Raises CannotSetUp.
    """
    for language, code in ((Language.VI, None), (Language.EN, "en")):
        say = telegram_wording(language)
        menu = [{"command": name, "description": say.commands[name]} for name in SAYS]
        await _ask(api, "setMyCommands", commands=menu, language_code=code)
        await _ask(api, "setMyDescription", description=say.description, language_code=code)
        await _ask(
            api,
            "setMyShortDescription",
            short_description=say.short_description,
            language_code=code,
        )


async def verify(
    api: Api, *, mode: Mode, url: str = "", bot: str = "", clock: Callable[[], dt.datetime]
) -> Verdict:
    """Ask Telegram who we are and how updates reach us. Never raises.

    `url` is where the webhook should lead, `bot` the user name that the settings claim.
    """
    try:
        me = await api.call("getMe")
        info = await api.call("getWebhookInfo")
    except InvalidToken:
        return Verdict(problems=("Telegram does not accept TELEGRAM_TOKEN.",))
    except TelegramError as error:
        return Verdict(problems=(f"Telegram cannot be reached ({why(error)}).",))
    if not isinstance(me, dict) or not isinstance(info, dict):
        return Verdict(problems=("Telegram answers something that is no Bot API.",))
    name = str(me.get("username", ""))
    problems = [
        *_about_name(name, bot),
        *_about_webhook(info, mode, url),
        *_about_flow(info, clock()),
    ]
    return Verdict(bot=name, problems=tuple(problems))


def _about_name(name: str, claimed: str) -> Iterable[str]:
    if claimed and name.casefold() != claimed.casefold():
        yield f"The token belongs to @{name}, but MOTCUA_TELEGRAM_BOT says @{claimed}."


def _about_webhook(info: Mapping[str, Any], mode: Mode, url: str) -> Iterable[str]:
    present = info.get("url") or ""
    if mode == "polling" and present:
        yield "A webhook is set, so polling gets nothing. Delete the webhook."
    if mode == "webhook" and not present:
        yield "No webhook is set, so nothing arrives. Set the webhook."
    if mode == "webhook" and present and url and present != url:
        yield f"The webhook leads to {present}, not to {url}. Set the webhook again."
    allowed = info.get("allowed_updates")
    missing = [kind for kind in ALLOWED_UPDATES if allowed is None or kind not in allowed]
    if mode == "webhook" and present and missing:
        yield f"The webhook does not deliver {', '.join(missing)}. Set the webhook again."


def _about_flow(info: Mapping[str, Any], now: dt.datetime) -> Iterable[str]:
    pending = info.get("pending_update_count") or 0
    if pending > _MANY_PENDING:
        yield f"{pending} updates wait at Telegram: they are not fetched as fast as they come."
    at = info.get("last_error_date")
    if at and now - dt.datetime.fromtimestamp(at, dt.UTC) < _RECENTLY:
        reason = safe(str(info.get("last_error_message", "")))
        yield f"Telegram could not deliver to the webhook within the last hour ({reason})."


async def _ask(api: Api, method: str, **parameters: Any) -> None:
    try:
        await api.call(method, **parameters)
    except InvalidToken:
        raise CannotSetUp("Telegram does not accept TELEGRAM_TOKEN.") from None
    except TelegramError as error:
        happened = "got no answer" if error.__cause__ else "was refused"
        raise CannotSetUp(f"{method} {happened}: {why(error)}.") from None
