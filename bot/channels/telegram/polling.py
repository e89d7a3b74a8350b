"""Long polling: updates as raw JSON, handed over before Telegram is told that we have them."""

import asyncio
import datetime as dt
import json
from collections.abc import Sequence

from telegram.error import Conflict, InvalidToken, TelegramError

from bot.channels.base import Arrived
from bot.channels.telegram.api import POLL_SECONDS, Api, TooFast
from bot.channels.telegram.intake import ALLOWED_UPDATES, arrived
from bot.channels.telegram.outcomes import SOON, why

_LIMIT_SECONDS = POLL_SECONDS + 20.0
_AFTER_ALARM = dt.timedelta(seconds=30)


class CannotPoll(Exception):  # noqa: N818 - the network's answer, not a defect
    """What went wrong, in a sentence without secrets; try again after `wait`.

    `alarm`: the office has to mend something, waiting alone does not help.
    """

    def __init__(self, reason: str, wait: dt.timedelta = SOON, *, alarm: bool = False) -> None:
        super().__init__(reason)
        self.wait = wait
        self.alarm = alarm


async def poll(api: Api, offset: int, *, seconds: int = POLL_SECONDS) -> tuple[list[Arrived], int]:
    """What arrived, and the offset for the next call: keep the updates before calling again.

    Calling with the next offset tells Telegram that everything below it is kept. Once that was
    told, the offset is 0 again: after a quiet week Telegram's numbers may begin lower, and an old
    offset would throw those updates away. Begin with 0. Raises CannotPoll.
    """
    try:
        async with asyncio.timeout(_LIMIT_SECONDS):
            updates = await api.call(
                "getUpdates",
                offset=offset or None,
                timeout=0 if offset else seconds,
                allowed_updates=list(ALLOWED_UPDATES),
            )
    except TelegramError as error:
        raise _cannot(error) from None
    except TimeoutError:
        raise CannotPoll("Telegram did not answer the long poll in time.") from None
    if not isinstance(updates, list):
        raise CannotPoll("Telegram's answer to the long poll was no list.")
    read = [arrived(json.dumps(update).encode()) for update in updates]
    kept = [update for update in read if update is not None]
    if len(kept) < len(updates):
        raise CannotPoll("Telegram's answer to the long poll held what is no update.")
    return kept, _next(kept)


def _next(kept: Sequence[Arrived]) -> int:
    return kept[-1].place + 1 if kept and kept[-1].place is not None else 0


def _cannot(error: TelegramError) -> CannotPoll:
    match error:
        case TooFast(wait=wait):
            return CannotPoll("Telegram asks us to slow down.", wait)
        case Conflict() if "webhook" in error.message.lower():
            return CannotPoll(
                "A webhook is set, so nothing can be polled. "
                "Delete it with `motcua telegram delete-webhook`, or serve in webhook mode.",
                _AFTER_ALARM,
                alarm=True,
            )
        case Conflict():
            return CannotPoll(
                "Another program polls with the same token. Stop it: only one may.",
                _AFTER_ALARM,
                alarm=True,
            )
        case InvalidToken():
            return CannotPoll(
                "Telegram does not accept the token. Ask @BotFather for the right one.",
                _AFTER_ALARM,
                alarm=True,
            )
        case _:
            return CannotPoll(f"Telegram cannot be reached ({why(error)}).")
