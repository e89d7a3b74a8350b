"""The durable door: an update is acknowledged only after it is committed.

Updates that arrive at the same time are kept in one transaction: a disk writes hundreds of times a
second, people write more often.
"""

import asyncio
import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.channels.base import Arrived
from bot.messages import ChannelName
from db.engine import Database
from db.records import NewUpdate

PRESSED_FROM = 80
"""Updates within a second from which on keeping them goes before answering them: a platform that
waits too long for its 200 comes again, and stops calling in the end."""

_MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Waiting:
    channel: ChannelName
    update: Arrived
    kept: asyncio.Future[None]


class Door:
    """Keeps updates; `run` has to be running. `nudge` hears of each chat that has news."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], dt.datetime],
        nudge: Callable[[ChannelName, str], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._nudge = nudge
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(maxsize=10_000)
        self._came: deque[float] = deque(maxlen=PRESSED_FROM)

    def is_pressed(self) -> bool:
        """Whether updates come in faster than they can be answered beside being kept."""
        is_full = len(self._came) == PRESSED_FROM
        return is_full and time.monotonic() - self._came[0] < 1.0

    async def take_in(self, channel: ChannelName, updates: Sequence[Arrived]) -> None:
        """Return once all of them are committed. Raises what the database raised otherwise."""
        loop = asyncio.get_running_loop()
        self._came.extend([time.monotonic()] * len(updates))
        waiting = [_Waiting(channel, update, loop.create_future()) for update in updates]
        for one in waiting:
            await self._queue.put(one)
        await asyncio.gather(*(one.kept for one in waiting))

    async def run(self) -> None:
        """Keep what is waiting, all of it at once, for ever."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < _MOST_AT_ONCE and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._keep(batch)

    async def _keep(self, batch: Sequence[_Waiting]) -> None:
        try:
            async with self._database.unit() as unit:
                for channel in {one.channel for one in batch}:
                    new = [_new(one.update) for one in batch if one.channel is channel]
                    await unit.inbox.add(channel.value, new, self._clock())
                await unit.commit()
        except Exception as error:  # noqa: BLE001 - whoever waits gets it; the door goes on
            for one in batch:
                if not one.kept.done():
                    one.kept.set_exception(error)
            return
        for one in batch:
            if not one.kept.done():
                one.kept.set_result(None)
            self._nudge(one.channel, one.update.chat)


def _new(update: Arrived) -> NewUpdate:
    return NewUpdate(key=update.key, chat=update.chat, body=update.body, place=update.place)
