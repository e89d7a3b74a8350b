"""Which chats have news, worked on beside each other and in order within a chat."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import structlog

from bot.messages import ChannelName
from bot.reception import Reception
from db.engine import DatabaseTrouble

REST = 9.0
"""How many times as long as an answer took nothing is answered while the door is pressed."""

SWEEP_SECONDS = 1.0
"""How often updates are looked for that nobody was told of: after a crash, of other processes."""

_log = structlog.get_logger()


class Queue:
    """Which chats have news; each is worked on by one task at a time, several beside each other."""

    def __init__(
        self,
        reception: Reception,
        *,
        workers: int,
        is_pressed: Callable[[], bool] = lambda: False,
    ) -> None:
        self._reception = reception
        self._is_pressed = is_pressed
        self._one_by_one = asyncio.Lock()
        self._workers = workers
        self._news: asyncio.Queue[tuple[ChannelName, str]] = asyncio.Queue()
        self._waiting: set[tuple[ChannelName, str]] = set()
        self._busy: set[tuple[ChannelName, str]] = set()
        self._again: set[tuple[ChannelName, str]] = set()

    def nudge(self, channel: ChannelName, chat: str) -> None:
        """Say that a chat has news; never waits. A channel that is not open waits in the inbox."""
        if channel not in self._reception.channels:
            return
        key = (channel, chat)
        if key in self._busy:
            self._again.add(key)
        elif key not in self._waiting:
            self._waiting.add(key)
            self._news.put_nowait(key)

    async def run(self) -> None:
        """Work, and look for what nobody nudged about, for ever."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(self._workers):
                tasks.create_task(self._work(tasks))
            tasks.create_task(self._sweep())

    async def _work(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            key = await self._news.get()
            self._waiting.discard(key)
            self._busy.add(key)
            wait = await self._take_all(key, tasks)
            self._busy.discard(key)
            if key in self._again:
                self._again.discard(key)
                self.nudge(*key)
            elif wait is not None:
                tasks.create_task(self._nudge_later(key, wait))

    async def _take_all(
        self, key: tuple[ChannelName, str], tasks: asyncio.TaskGroup
    ) -> float | None:
        """Take all that may be taken now; returns in how many seconds there may be more."""
        wait: float | None = 0.0
        try:
            while wait == 0.0:
                wait = await self._take_next(key, tasks)
        except DatabaseTrouble:
            _log.warning("The database does not answer.", action="not_ready")
            return SWEEP_SECONDS
        return wait

    async def _take_next(
        self, key: tuple[ChannelName, str], tasks: asyncio.TaskGroup
    ) -> float | None:
        """Take one update; while the door is pressed one by one, with a rest after each."""
        if not self._is_pressed():
            return await self._reception.take_next(*key, tasks)
        async with self._one_by_one:
            begun = time.monotonic()
            wait = await self._reception.take_next(*key, tasks)
            await asyncio.sleep(REST * (time.monotonic() - begun))
            return wait

    async def _nudge_later(self, key: tuple[ChannelName, str], seconds: float) -> None:
        await asyncio.sleep(seconds)
        self.nudge(*key)

    async def _sweep(self) -> None:
        while True:
            with suppress(*DatabaseTrouble):
                async with self._reception.database.reading() as unit:
                    channels = [name.value for name in self._reception.channels]
                    found = await unit.inbox.waiting(channels, self._reception.clock(), 1_000)
                for channel, chat in found:
                    self.nudge(ChannelName(channel), chat)
            await asyncio.sleep(SWEEP_SECONDS)
