"""A whole desk over a real database: library, keys, a clock that stands until it is moved."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.demonstration import ORIGIN, SAMPLE, province
from bot.intake import FrontDesk
from bot.library import Library
from bot.messages import Action, Address, ChannelName, Incoming, Reply
from bot.office import Office
from db.engine import Database
from db.secrets import Keyring
from tests.conftest import KEY
from tests.fakes.dossiers import NOW
from tests.knowledge import procedures as known

LAN = Address(channel=ChannelName.WEBCHAT, chat="lan")
MINH = Address(channel=ChannelName.WEBCHAT, chat="minh")
__all__ = ["LAN", "MINH", "SAMPLE", "OpenDesk", "open_desk"]


@dataclass
class OpenDesk:
    """The desk, what it stands on, and a way to talk to it."""

    database: Database
    library: Library
    desk: FrontDesk
    clock: list[dt.datetime] = field(default_factory=lambda: [NOW])

    @property
    def now(self) -> dt.datetime:
        return self.clock[0]

    def wait(self, time: dt.timedelta) -> None:
        self.clock[0] += time

    async def say(self, text: str, who: Address = LAN) -> Reply:
        return await self.desk.answer(Incoming(address=who, at=self.now, text=text))

    async def press(self, action: Action, who: Address = LAN) -> Reply:
        return await self.desk.answer(Incoming(address=who, at=self.now, action=action))


@asynccontextmanager
async def open_desk(database: Database) -> AsyncIterator[OpenDesk]:
    """Publish the cast's catalogue, keep twenty dossiers, open the desk."""
    async with database.unit() as unit:
        await unit.dossiers.add_many(province()[:20], origin=ORIGIN)
        await unit.knowledge.publish({one.code: one for one in known.ALL}, at=NOW, by="t", note="")
        await unit.commit()
    library = Library(database, Office(), known.BOOK)
    await library.refresh()
    clock = [NOW]
    desk = FrontDesk(database, library, Keyring([KEY]), lambda: clock[0])
    yield OpenDesk(database=database, library=library, desk=desk, clock=clock)
