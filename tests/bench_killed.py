"""Killing the server while updates are posted: `python -m tests.bench_killed [kills] [updates]`.

5,000 updates of 200 chats are posted until each is acknowledged, while the process is killed
(SIGKILL) 500 times. Then every acknowledged update has to have had its effect exactly once.
"""

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.simulation.telegram import FakeTelegram
from tests.deliveries import update_of
from tests.end_to_end.process import serving, start

_KILLS, _UPDATES, _CHATS, _POSTERS = 500, 5_000, 200, 8
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SECRET = "a-secret-of-the-bench"
_HEADER = {"X-Telegram-Bot-Api-Secret-Token": _SECRET}


@dataclass(kw_only=True, slots=True)
class Damage:
    """What came of it. `lost`, `doubled`: acknowledged updates without, or with two effects."""

    kills: int
    acknowledged: int
    lost: int
    doubled: int
    answered: int
    repeats: int
    seconds: float


def _words(number: int) -> str:
    """A text of its own for each update, without digits that would be starred."""
    return "hỏi " + " ".join(_DIGITS[int(digit)] for digit in str(number))


async def measure(kills: int, updates: int, *, seed: int = 4) -> Damage:
    """Post, kill, start again; then wait until all is done, and count effects."""
    started = time.perf_counter()
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with FakeTelegram() as fake:
            settings = {
                "TELEGRAM_TOKEN": fake.token,
                "TELEGRAM_API_URL": fake.url,
                "TELEGRAM_MODE": "webhook",
                "TELEGRAM_WEBHOOK_SECRET": _SECRET,
                "TELEGRAM_RATE": "1000",
                "MOTCUA_LOG_LEVEL": "error",
            }
            people = [fake.person(f"Lan {number}") for number in range(_CHATS)]
            for person in people:
                person.room.is_open = True
            chats = [person.user.id for person in people]
            acknowledged: set[int] = set()
            numbers = iter(range(1, updates + 1))
            async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:
                served = await start(tasks, folder, settings)
                port = int(served.url.rsplit(":", 1)[1])
                for _ in range(_POSTERS):
                    tasks.create_task(_post(session, port, numbers, acknowledged, chats))
                for kill in range(1, kills + 1):
                    await _some_more(acknowledged, updates * kill // kills, chance)
                    await served.kill()
                    served = await start(tasks, folder, settings, port=port)
                async with asyncio.timeout(600):
                    while len(acknowledged) < updates:
                        await asyncio.sleep(0.05)
                await served.stop()
            async with serving(folder, settings, port=port):
                await _until_done(folder / "motcua.db", len(acknowledged))
            answered, repeats = _answers(fake)
        effects = _effects(folder / "motcua.db")
    wanted = Counter(_words(number) for number in acknowledged)
    return Damage(
        kills=kills,
        acknowledged=len(acknowledged),
        lost=sum(1 for said in wanted if effects[said] == 0),
        doubled=sum(1 for said in wanted if effects[said] > 1),
        answered=answered,
        repeats=repeats,
        seconds=time.perf_counter() - started,
    )


async def _some_more(acknowledged: set[int], goal: int, chance: random.Random) -> None:
    """Wait for about so many, so that every kill meets posts and turns under way."""
    with suppress(TimeoutError):
        async with asyncio.timeout(2):
            while len(acknowledged) < goal - chance.randint(0, 3):
                await asyncio.sleep(0.001)
    await asyncio.sleep(chance.uniform(0.0, 0.05))


async def _post(
    session: aiohttp.ClientSession,
    port: int,
    numbers: Iterator[int],
    acknowledged: set[int],
    chats: Sequence[int],
) -> None:
    for number in numbers:
        body = update_of(number, _words(number), chats[number % len(chats)])
        while number not in acknowledged:
            try:
                async with session.post(
                    f"http://127.0.0.1:{port}/telegram", data=body, headers=_HEADER
                ) as response:
                    if response.status == 200:
                        acknowledged.add(number)
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(0.02)


async def _until_done(database: Path, count: int) -> None:
    async with asyncio.timeout(900):
        while _counted(database, "SELECT count(*) FROM inbox WHERE state = 1") < count:
            await asyncio.sleep(0.5)
        while _counted(database, "SELECT count(*) FROM outbox WHERE state IN (0, 1)"):
            await asyncio.sleep(0.5)


def _counted(database: Path, query: str) -> int:
    with sqlite3.connect(database, timeout=30) as connection:
        return int(connection.execute(query).fetchone()[0])


def _effects(database: Path) -> Counter[str]:
    with sqlite3.connect(database, timeout=30) as connection:
        return Counter(said for (said,) in connection.execute("SELECT said FROM turns"))


def _answers(fake: FakeTelegram) -> tuple[int, int]:
    """How many messages reached people, and how many of them said that they are repeats."""
    calls = fake.sent("sendMessage")
    return len(calls), sum("gửi lại" in str(call.parameters.get("text")) for call in calls)


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else _KILLS
    updates = int(sys.argv[2]) if len(sys.argv) > 2 else _UPDATES
    damage = asyncio.run(measure(kills, updates))
    sys.stdout.write(
        f"{damage.kills} kills while {updates:,} updates were posted: "
        f"{damage.acknowledged:,} acknowledged, {damage.lost} lost, {damage.doubled} with two "
        f"effects; {damage.answered:,} messages went out, {damage.repeats} of them marked as "
        f"repeats ({damage.seconds:.0f} s)\n"
    )


if __name__ == "__main__":
    main()
