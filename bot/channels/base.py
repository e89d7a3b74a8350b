"""What a channel needs of the desk, and nothing more."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from bot.messages import Address, Incoming, Reply


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """One message and its reply, as they may be shown again."""

    said: str
    reply: Reply
    at: dt.datetime


class Desk(Protocol):
    """The desk as channels see it. `answer` never raises: a failure is a reply too."""

    async def answer(self, incoming: Incoming) -> Reply: ...

    async def history(self, address: Address, now: dt.datetime) -> tuple[Exchange, ...]: ...

    async def own_data(self, address: Address) -> str: ...

    async def forget(self, address: Address) -> None: ...

    async def is_ready(self) -> bool: ...
