"""Eight processes share Zalo's single-use tokens through 200 expiries, a fifth of the answers lost.

`python -m tests.bench_zalo_tokens [EXPIRIES]`, on SQLite and PostgreSQL; some minutes. Each worker
is a real process that sends numbered messages one after the other; time is moved for all of them
at once, and between two moves it runs as it does.
"""

import asyncio
import datetime as dt
import json
import mmap
import os
import random
import struct
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import structlog
from pydantic import SecretStr

from bot.channels.base import Sent
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.setup import put_in
from bot.simulation.zalo import FakeZalo, Fault
from db.engine import Database, open_database
from db.migrating import upgrade
from db.secrets import Keyring
from tests.conftest import KEY
from tests.postgres import server

WORKERS = 8
LOST_SHARE = 0.2
PATIENCE = 60.0
"""Seconds that a step may take before the run counts as failed."""


class SharedClock:
    """The real time plus hours that the file of one float holds; the same in all processes."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)

    @property
    def moved(self) -> dt.timedelta:
        return dt.timedelta(seconds=struct.unpack("d", self._map[:8])[0])

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.moved

    def move(self, time: dt.timedelta) -> None:
        self._map[:8] = struct.pack("d", (self.moved + time).total_seconds())


@dataclass
class Figures:
    """What the run has shown."""

    expiries: int = 0
    lost: int = 0
    spent: int = 0
    calls_per_fault_free: list[int] = field(default_factory=list)
    reused: int = 0
    seconds_until_all_current: list[float] = field(default_factory=list)
    alarm_seconds: list[float] = field(default_factory=list)
    sent_on_old_token: list[int] = field(default_factory=list)
    messages: int = 0
    missing: int = 0
    repeated: int = 0

    def line(self) -> str:
        current, alarms = self.seconds_until_all_current, self.alarm_seconds or [0.0]
        return (
            f"{self.expiries} expiries, {self.lost} answers lost ({self.spent} with the token "
            f"spent); renewals per fault-free expiry {sorted(set(self.calls_per_fault_free))}; "
            f"spent tokens tried again {self.reused} (to prove the loss: {self.spent}); all "
            f"current after {max(current):.2f} s at most; alarm after {max(alarms):.2f} s at most; "
            f"least sent on the old token after a loss {min(self.sent_on_old_token, default=0)}; "
            f"{self.messages} messages, {self.missing} missing, {self.repeated} repeated"
        )


@dataclass
class Run:
    """The parent's side: the platform, the workers, and the clock of all."""

    fake: FakeZalo
    clock: SharedClock
    database: Database
    logs: Path
    figures: Figures = field(default_factory=Figures)

    async def expire(self, fault: Fault | None) -> None:
        """One access token comes to its time."""
        before, old = self._asked(), self.fake.grants.newest
        granted = self.fake.grants.granted
        if fault:
            self.fake.fail("access_token", fault)
        self.clock.move(dt.timedelta(hours=20, seconds=1))
        self.figures.expiries += 1
        if fault is None:
            await self.all_current(granted)
            self.figures.calls_per_fault_free.append(self._asked() - before)
            return
        self.figures.lost += 1
        await self.alarm(before)
        await self.goes_on(old)
        if not fault.done:
            self.clock.move(dt.timedelta(seconds=61))
            await self.all_current(granted)
            return
        self.figures.spent += 1
        self.clock.move(dt.timedelta(seconds=61))
        await self.until(lambda: self._asked() == before + 2)
        self.clock.move(dt.timedelta(hours=4))
        await self.goes_on(old)
        self.clock.move(dt.timedelta(hours=1))
        await asyncio.sleep(0.3)  # the old one has ended: everything waits for an administrator
        granted = self.fake.grants.granted
        access, refresh = self.fake.grants.give_pair()
        await put_in(self.database, access=access, refresh=refresh, now=self.clock())
        await self.all_current(granted)

    async def all_current(self, granted: int) -> None:
        """Wait until every worker has used the pair that comes after so many."""
        await self.until(lambda: self.fake.grants.granted > granted)
        begun, newest = time.monotonic(), self.fake.grants.newest
        await self.until(lambda: len(self._workers_on(newest)) == WORKERS)
        self.figures.seconds_until_all_current.append(time.monotonic() - begun)

    async def alarm(self, before: int) -> None:
        """Wait for the error in a worker's log; count from the question to Zalo."""
        await self.until(lambda: self._asked() == before + 1)
        asked_at = self.fake.calls_to("access_token")[-1].at - self.clock.moved
        await self.until(lambda: len(self._alarms("lost")) == self.figures.lost)
        self.figures.alarm_seconds.append((self._alarms("lost")[-1] - asked_at).total_seconds())

    async def goes_on(self, old: str) -> None:
        """Wait until every worker has sent with the old token after this moment."""
        count = len(self.fake.calls)
        await self.until(lambda: len(self._workers_on(old, count)) == WORKERS)
        sent = self.fake.calls[count:]
        self.figures.sent_on_old_token.append(
            sum(call.headers.get("access_token") == old for call in sent)
        )

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.02)

    def _asked(self) -> int:
        return len(self.fake.calls_to("access_token"))

    def _workers_on(self, token: str, since: int = 0) -> set[str]:
        return {
            call.json["recipient"]["user_id"]
            for call in self.fake.calls[max(since, len(self.fake.calls) - 400) :]
            if call.headers.get("access_token") == token
        }

    def _alarms(self, trouble: str) -> list[dt.datetime]:
        lines = [
            json.loads(line)
            for file in self.logs.glob("*.log")
            for line in file.read_text("utf-8").splitlines()
            if line.startswith("{")
        ]
        found = [line for line in lines if line.get("trouble") == trouble]
        return sorted(dt.datetime.fromisoformat(line["timestamp"]) for line in found)

    def count(self) -> None:
        """What arrived of what was sent."""
        self.figures.reused = len(self.fake.grants.reused)
        for person in self.fake.world.people.values():
            numbers = [int(text) for text in person.texts]
            self.figures.messages += len(numbers)
            self.figures.repeated += len(numbers) - len(set(numbers))
            self.figures.missing += max(numbers, default=-1) + 1 - len(set(numbers))


async def measure(url: str, expiries: int, *, seed: int = 1) -> Figures:
    """The whole run on one database."""
    chance = random.Random(seed)
    kinds = [Fault(lost=True), Fault(lost=True, done=False)]
    count = round(expiries * LOST_SHARE)
    faults: list[Fault | None] = [kinds[place % 2] for place in range(count)]
    faults += [None] * (expiries - count)
    chance.shuffle(faults)
    async with _opened(url) as run:
        await run.until(lambda: len(run._workers_on(run.fake.grants.newest)) == WORKERS)
        for fault in faults:
            await run.expire(fault)
        run.count()
        return run.figures


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Run]:
    await upgrade(url)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        clock_file = folder / "clock"
        clock_file.write_bytes(struct.pack("d", 0.0))
        clock = SharedClock(clock_file)
        fake = FakeZalo(clock)
        fake.world.a_minute = 10**9
        for number in range(WORKERS):
            await fake.person(str(number)).follow()
        await stack.enter_async_context(fake.running())
        database = await open_database(url, keys=Keyring([KEY]))
        stack.push_async_callback(database.close)
        access, refresh = fake.grants.give_pair()
        await put_in(database, access=access, refresh=refresh, now=clock())
        for number in range(WORKERS):
            process = await _start(number, fake.url, url, clock_file, folder)
            stack.push_async_callback(_stop, process)
        refreshing = asyncio.create_task(_stay_in_touch(fake))
        stack.callback(refreshing.cancel)
        yield Run(fake=fake, clock=clock, database=database, logs=folder)


async def _start(
    number: int, fake_url: str, url: str, clock_file: Path, folder: Path
) -> asyncio.subprocess.Process:
    with (folder / f"{number}.log").open("wb") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench_zalo_tokens", "worker",
            str(number), fake_url, url, str(clock_file),
            stderr=log, cwd=Path(__file__).parent.parent,
        )  # fmt: skip


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    await process.wait()


async def _stay_in_touch(fake: FakeZalo) -> None:
    """The people write now and then, so that no window closes while days pass."""
    while True:
        for person in fake.world.people.values():
            person.last_interaction = fake.clock()
        await asyncio.sleep(0.01)


async def work(number: str, fake_url: str, url: str, clock_file: Path) -> None:
    """One worker: messages in their order, each kept until it was accepted."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    clock = SharedClock(clock_file)
    account = ZaloAccount(
        app_id=FakeZalo(clock).app_id,
        app_secret=SecretStr(FakeZalo(clock).app_secret),
        oa_id="",
        oa_secret=SecretStr(""),
        api_url=fake_url,
        oauth_url=fake_url,
    )
    database = await open_database(url, keys=Keyring([KEY]))
    async with aiohttp.ClientSession() as session:
        channel = ZaloChannel(account, database, session, clock)
        message = 0
        while os.getppid() != 1:
            outcome = await channel.send(number, {"text": str(message)}, is_repeat=False)
            message += isinstance(outcome, Sent)
            await asyncio.sleep(0.05)


def main() -> None:
    """Measure on both databases."""
    expiries = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(f"sqlite:///{folder}/t.db", expiries))
        sys.stdout.write(f"SQLite: {figures.line()}\n")
    with server() as url:
        sys.stdout.write(f"PostgreSQL: {asyncio.run(measure(url, expiries)).line()}\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        asyncio.run(work(sys.argv[2], sys.argv[3], sys.argv[4], Path(sys.argv[5])))
    else:
        main()
