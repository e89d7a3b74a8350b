"""Telegram as a channel: reading and rendering are pure, the rest goes through a `Sender`."""

from dataclasses import dataclass, replace

from bot.channels.base import (
    Heard,
    Letter,
    Meaning,
    Occasion,
    Outcome,
    Payload,
    Picture,
    Rates,
)
from bot.channels.telegram.api import Api
from bot.channels.telegram.intake import understand
from bot.channels.telegram.render import render
from bot.channels.telegram.sender import Sender
from bot.messages import ChannelName, Reply

RATES = Rates(a_second=30.0, chat_seconds=1.0, group_a_minute=20)
"""Telegram's documented limits (bots FAQ, "My bot is hitting limits")."""


@dataclass(kw_only=True, slots=True)
class TelegramChannel:
    """Implements `Channel`. `bot`: our user name, to know in groups when we are meant."""

    sender: Sender
    bot: str = ""
    name: ChannelName = ChannelName.TELEGRAM
    rates: Rates = RATES

    def understand(self, body: str) -> Meaning | None:
        return understand(body, bot=self.bot)

    def render(self, reply: Reply, occasion: Occasion) -> Letter:
        return render(reply, occasion)

    async def send(self, chat: str, payload: Payload, *, is_repeat: bool) -> Outcome:
        return await self.sender.send(chat, payload, is_repeat=is_repeat)

    async def hint(self, chat: str, heard: Heard, *, is_answered: bool = False) -> None:
        await self.sender.hint(chat, heard, is_answered=is_answered)

    async def fetch(self, picture: Picture) -> bytes | None:
        return await self.sender.fetch(picture)


def telegram_channel(
    api: Api, *, bot: str = "", a_second: float = RATES.a_second
) -> TelegramChannel:
    """The channel over an opened API; `a_second` is more for a bot that pays for it."""
    return TelegramChannel(sender=Sender(api), bot=bot, rates=replace(RATES, a_second=a_second))
