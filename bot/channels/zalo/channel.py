"""Zalo as a channel: what the desk's workers see of it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import aiohttp

from bot.channels.base import (
    Arrived,
    Heard,
    Letter,
    Meaning,
    Occasion,
    Outcome,
    Payload,
    Picture,
    Rates,
)
from bot.channels.zalo import intake, pictures
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.api import ZaloApi
from bot.channels.zalo.oauth import ZaloOAuth
from bot.channels.zalo.render import render
from bot.channels.zalo.sender import ZaloSender
from bot.channels.zalo.signature import HEADER, is_genuine
from bot.channels.zalo.tokens import Tokens
from bot.channels.zalo.windows import Window
from bot.messages import ChannelName, Reply
from db.engine import Database


class ZaloChannel:
    """The channel over an open session and the database that holds the tokens.

    `tokens.watch` wants to be called every few seconds by one task of each process.
    """

    name = ChannelName.ZALO
    rates = Rates(a_second=4_000 / 60)

    signature_header = HEADER
    """The header of a webhook request that `is_genuine` judges."""

    def __init__(
        self,
        account: ZaloAccount,
        database: Database,
        session: aiohttp.ClientSession,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._account = account
        self._session = session
        self.tokens = Tokens(database, ZaloOAuth(session, account))
        self.sender = ZaloSender(ZaloApi(session, account), self.tokens, clock)

    def is_genuine(self, body: bytes, header: str | None) -> bool:
        """Whether a webhook request is Zalo's, judged by its raw bytes."""
        return is_genuine(body, header, self._account)

    def arrived(self, body: bytes) -> Arrived | None:
        """The event as it is kept; None for what needs nothing."""
        return intake.arrived(body)

    def understand(self, body: str) -> Meaning | None:
        """What a kept event means."""
        meaning = intake.understand(body)
        if isinstance(meaning, Heard) and not self._account.trusts_phone:
            return replace(meaning, phone="")
        return meaning

    def render(self, reply: Reply, occasion: Occasion) -> Letter:
        """The reply as messages."""
        return render(reply, occasion, self._account)

    async def send(self, chat: str, payload: Payload, *, is_repeat: bool) -> Outcome:
        """Hand one message to Zalo."""
        return await self.sender.send(chat, payload, is_repeat=is_repeat)

    async def window(self, chat: str) -> Window | None:
        """Whether a notice to this person is free now, costs, or would be refused."""
        return await self.sender.window(chat)

    async def hint(self, chat: str, heard: Heard, *, is_answered: bool = False) -> None:
        """Zalo has no sign of typing, and a press needs no acknowledging."""

    async def fetch(self, picture: Picture) -> bytes | None:
        """The picture from Zalo's hosts."""
        return await pictures.fetch(self._session, picture.reference, self._account.image_hosts)

    async def close(self) -> None:
        """Wait for a renewal that is under way."""
        await self.tokens.close()
