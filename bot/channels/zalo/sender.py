"""Sending to Zalo: one payload, one outcome; and what Zalo says of a person and the account."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from bot.channels.base import Outcome, Payload, RetryAfter, Sent, Unknown
from bot.channels.zalo.api import Answered, NoAnswer, ZaloApi, outcome_of_error
from bot.channels.zalo.errors import Bucket, bucket_of
from bot.channels.zalo.recipient import address_of
from bot.channels.zalo.tokens import Access, Tokens
from bot.channels.zalo.windows import Window, last_interaction_in, window_at
from bot.messages import Language
from bot.wording.zalo import zalo_wording
from db.engine import DatabaseTrouble

UPLOAD_PATH = "/v2.0/oa/upload/file"
QUOTA_PATH = "/v3.0/oa/quota/message"

NO_TOKEN = RetryAfter(
    wait=dt.timedelta(seconds=30), halts=True, reason="there is no valid access token for Zalo"
)
NO_DATABASE = RetryAfter(
    wait=dt.timedelta(seconds=10), reason="the database with the tokens does not answer"
)

Call = Callable[[str], Awaitable[Answered | NoAnswer]]
"""One call of the API with an access token."""

_log = structlog.get_logger()


class ZaloSender:
    """Hands payloads over. Nothing it returns or logs holds a token, a text or a phone."""

    def __init__(self, api: ZaloApi, tokens: Tokens, clock: Callable[[], dt.datetime]) -> None:
        self._api = api
        self._tokens = tokens
        self._clock = clock

    async def send(self, chat: str, payload: Payload, *, is_repeat: bool) -> Outcome:
        """Send one message; a file is uploaded first, and is a sentence where Zalo refuses it."""
        message = {name: part for name, part in payload.items() if name != "file"}
        if "file" in payload:
            answer = await self._upload(payload["file"])
            if isinstance(answer, NoAnswer):
                return _surely_not_sent(answer.outcome)
            token = answer.data.get("token") if isinstance(answer.data, dict) else None
            if answer.error == 0 and token:
                message = {"attachment": {"type": "file", "payload": {"token": str(token)}}}
            elif bucket_of(answer.error) in {Bucket.RENEW, Bucket.SLOW}:
                return outcome_of_error(answer, self._clock())
        if is_repeat and "text" in message:
            mark = zalo_wording(Language.VI).repeat
            message = {**message, "text": f"{mark}\n{message['text']}"}
        path, recipient = address_of(chat)
        body = {"recipient": recipient, "message": message}
        answer = await self._with_token(lambda token: self._api.post(path, token, body))
        if isinstance(answer, Answered) and answer.error == 0:
            data = answer.data if isinstance(answer.data, dict) else {}
            return Sent(message=str(data.get("message_id") or data.get("msg_id") or ""))
        return outcome_of_error(answer, self._clock())

    async def window(self, chat: str) -> Window | None:
        """Whether a message to this person is free now, costs, or would be refused.

        For what the person did not just ask for; None when Zalo does not say.
        """
        answer = await self._with_token(
            lambda token: self._api.post(QUOTA_PATH, token, {"user_id": chat})
        )
        if isinstance(answer, NoAnswer) or answer.error != 0:
            return None
        return window_at(last_interaction_in(answer.data), self._clock())

    async def profile(self) -> Answered | NoAnswer:
        """What Zalo says of the account: the cheapest call that needs a token."""
        return await self._with_token(lambda token: self._api.get("/v2.0/oa/getoa", token))

    async def _upload(self, file: Mapping[str, Any]) -> Answered | NoAnswer:
        content = str(file["content"]).encode("utf-8", "replace")
        return await self._with_token(
            lambda token: self._api.upload(UPLOAD_PATH, token, str(file["name"]), content)
        )

    async def _with_token(self, call: Call) -> Answered | NoAnswer:
        """Call; when the token is not taken, once more with another one."""
        try:
            access = await self._tokens.current(self._clock())
            if access is None:
                return NoAnswer(outcome=NO_TOKEN)
            answer = await call(access.token)
            if isinstance(answer, Answered) and bucket_of(answer.error) is Bucket.RENEW:
                access = await self._tokens.instead_of(access, self._clock())
                if access is None:
                    return NoAnswer(outcome=NO_TOKEN)
                answer = await call(access.token)
        except DatabaseTrouble:
            return NoAnswer(outcome=NO_DATABASE)
        if isinstance(answer, Answered) and bucket_of(answer.error) is not Bucket.RENEW:
            await self._note_worked(access)
        return answer

    async def _note_worked(self, access: Access) -> None:
        try:
            await self._tokens.worked(access, self._clock())
        except DatabaseTrouble:
            _log.warning("That a token works was not kept.", action="zalo_tokens")


def _surely_not_sent(outcome: Outcome) -> Outcome:
    """An upload reaches nobody: however it failed, the message may be sent again."""
    if isinstance(outcome, Unknown):
        return RetryAfter(wait=dt.timedelta(seconds=30), reason=outcome.reason)
    return outcome
