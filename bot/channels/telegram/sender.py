"""Payloads handed to Telegram, pictures fetched from it. Nothing here raises."""

import asyncio
import datetime as dt
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from telegram import InputFile
from telegram.error import TelegramError

from bot.channels.base import Heard, Outcome, Payload, Picture, Refused, RetryAfter, Sent, Unknown
from bot.channels.telegram.api import Api, TooFast
from bot.channels.telegram.intake import LARGEST_FILE
from bot.channels.telegram.outcomes import SOON, cannot_edit, outcome_of
from bot.channels.telegram.render import REPEAT_MARK

SEND_SECONDS = 40.0
"""A send ends within this, whatever the network does."""

HINT_SECONDS = 5.0
FETCH_SECONDS = 30.0

_MOST_KEYBOARDS = 10_000  # remembered; the oldest are forgotten first

_log = structlog.get_logger()


class Sender:
    """Sends, hints and fetches through one `Api`.

    It keeps two small things in memory, both only for comfort: until when Telegram told us to be
    silent, so that nothing is asked of it in between; and which message shows the keyboard that
    shares a phone, so that it goes when the person has answered.
    """

    def __init__(self, api: Api, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._seconds = seconds
        self._silent_until = 0.0
        self._keyboards: OrderedDict[str, int] = OrderedDict()

    async def send(self, chat: str, payload: Payload, *, is_repeat: bool) -> Outcome:
        """Hand one payload to Telegram. `is_repeat` says so in the text."""
        silence = self._silent_until - self._seconds()
        if silence > 0:
            wait = dt.timedelta(seconds=silence)
            return RetryAfter(wait=wait, halts=True, reason="429 too many requests")
        repeatable = payload.get("method") == "editMessageText"
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await self._deliver(chat, payload, is_repeat=is_repeat)
        except TelegramError as error:
            self._note_silence(error)
            outcome = outcome_of(error, repeatable=repeatable)
            if outcome == Sent():  # it already stands there
                return Sent(message=str(payload.get("message_id", "")))
            return outcome
        except TimeoutError:
            reason = "no answer in time"
            return RetryAfter(wait=SOON, reason=reason) if repeatable else Unknown(reason=reason)

    async def hint(self, chat: str, heard: Heard, *, is_answered: bool = False) -> None:
        """Acknowledge a press and show that an answer is being written; else nothing happens."""
        calls: list[tuple[str, dict[str, Any]]] = []
        if heard.press:
            calls.append(("answerCallbackQuery", {"callback_query_id": heard.press}))
        if not heard.in_group and not is_answered:
            calls.append(("sendChatAction", {"chat_id": chat, "action": "typing"}))
        shown = self._keyboards.pop(chat, None)
        if shown is not None:
            calls.append(("deleteMessage", {"chat_id": chat, "message_id": shown}))
        async with asyncio.TaskGroup() as tasks:
            for method, parameters in calls:
                tasks.create_task(self._try(method, parameters))

    async def fetch(self, picture: Picture) -> bytes | None:
        """The picture's bytes; None when it cannot be had or is larger than 20 MB."""
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                file = await self._api.get_file(picture.reference)
                if not file.file_path or (file.file_size or 0) > LARGEST_FILE:
                    return None
                content = await self._api.request.retrieve(file.file_path)
        except (TelegramError, TimeoutError) as error:
            self._note_silence(error)
            _log.warning("A picture could not be fetched.", action="fetch_failed")
            return None
        return content if len(content) <= LARGEST_FILE else None

    async def _deliver(self, chat: str, payload: Payload, *, is_repeat: bool) -> Outcome:
        try:
            method, parameters = _request(chat, payload, is_repeat=is_repeat)
        except (KeyError, AttributeError):
            return Refused(reason="the payload is none of Telegram's")
        try:
            result = await self._api.call(method, **parameters)
        except TelegramError as error:
            if method != "editMessageText" or not cannot_edit(error):
                raise
            del parameters["message_id"]
            result = await self._api.call("sendMessage", **parameters)
        message = result.get("message_id") if isinstance(result, dict) else None
        if "keyboard" in payload.get("reply_markup", {}) and isinstance(message, int):
            self._remember_keyboard(chat, message)
        return Sent(message="" if message is None else str(message))

    async def _try(self, method: str, parameters: Mapping[str, Any]) -> None:
        if self._silent_until > self._seconds():
            return
        try:
            async with asyncio.timeout(HINT_SECONDS):
                await self._api.call(method, **parameters)
        except (TelegramError, TimeoutError) as error:
            self._note_silence(error)
            _log.debug("A hint was not shown.", action="hint_failed", method=method)

    def _note_silence(self, error: Exception) -> None:
        if isinstance(error, TooFast):
            until = self._seconds() + error.wait.total_seconds()
            self._silent_until = max(self._silent_until, until)

    def _remember_keyboard(self, chat: str, message: int) -> None:
        self._keyboards[chat] = message
        if len(self._keyboards) > _MOST_KEYBOARDS:
            self._keyboards.popitem(last=False)


def _request(chat: str, payload: Payload, *, is_repeat: bool) -> tuple[str, dict[str, Any]]:
    """The method and its parameters; what is ours alone is taken out."""
    parameters: dict[str, Any] = {**payload, "chat_id": chat}
    method = parameters.pop("method")
    if method == "sendDocument":
        content = parameters.pop("content").encode("utf-8", "replace")
        parameters["document"] = InputFile(content, filename=parameters.pop("filename"))
    if is_repeat and method != "editMessageText":
        field = "caption" if method == "sendDocument" else "text"
        parameters[field] = f"{REPEAT_MARK} {parameters.get(field, '')}".strip()
    return method, parameters
