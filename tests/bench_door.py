"""The durable door under load: `python -m tests.bench_door`.

Acknowledging at 200 updates a second on SQLite, at 1,000 and more on PostgreSQL with two processes;
from an update in to its reply out at 50 a second, beside python-telegram-bot's own webhook
application that sends the same text; forged and broken calls. Everything runs on this machine: the
platform is played, and takes its share of the two cores.
"""

import asyncio
import json
import random
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import aiohttp
from sqlalchemy import make_url

from bot.simulation.telegram import FakeTelegram
from db.migrating import upgrade
from tests.deliveries import update_of
from tests.end_to_end.process import Served, serving, start
from tests.postgres import server

_SECRET = "a-secret-of-the-bench"
_HEADER = {
    "X-Telegram-Bot-Api-Secret-Token": _SECRET,
    "Content-Type": "application/json",
}
_CHATS = 400
_GREETING = "xin chào"
_QUESTION = "làm khai sinh cho con cần giấy gì"
_numbers = iter(range(1, 10_000_000))


def _settings(fake: FakeTelegram, **more: str) -> dict[str, str]:
    return {
        "TELEGRAM_TOKEN": fake.token,
        "TELEGRAM_API_URL": fake.url,
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_SECRET": _SECRET,
        "TELEGRAM_RATE": "1000",
        "MOTCUA_LOG_LEVEL": "error",
        **more,
    }


def _chats(fake: FakeTelegram) -> list[int]:
    people = [fake.person(f"Lan {number}") for number in range(_CHATS)]
    for person in people:
        person.room.is_open = True
    return [person.user.id for person in people]


async def _load(
    urls: Sequence[str], chats: Sequence[int], *, a_second: float, seconds: float, said: str
) -> tuple[list[float], int, list[tuple[int, float]]]:
    """Post at a steady pace, waiting for nobody; times in ms, how many were 200, when each went."""
    times: list[float] = []
    good = 0
    posted: list[tuple[int, float]] = []
    connector = aiohttp.TCPConnector(limit=100)

    async def post(session: aiohttp.ClientSession, place: int) -> None:
        nonlocal good
        chat = chats[place % len(chats)]
        body = update_of(next(_numbers), said, chat)
        begun = time.monotonic()
        posted.append((chat, begun))
        with suppress(aiohttp.ClientError):
            async with session.post(
                urls[place % len(urls)], data=body, headers=_HEADER
            ) as response:
                good += response.status == 200
                times.append((time.monotonic() - begun) * 1000)

    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as tasks:
        begun = time.monotonic()
        for place in range(int(a_second * seconds)):
            wait = begun + place / a_second - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            tasks.create_task(post(session, place))
    return sorted(times), good, posted


def _spread(times: Sequence[float]) -> str:
    return f"p50 {statistics.median(times):.1f} ms, p99 {times[int(len(times) * 0.99)]:.1f} ms"


async def acknowledged_on_sqlite(folder: Path) -> str:
    """200 updates a second for 20 seconds, one process."""
    async with FakeTelegram() as fake:
        chats = _chats(fake)
        async with serving(folder, _settings(fake)) as served:
            url = f"{served.url}/telegram"
            await _load([url], chats, a_second=50, seconds=2, said=_GREETING)
            times, good, _ = await _load([url], chats, a_second=200, seconds=20, said=_GREETING)
            await served.kill()
    return f"SQLite, 200 a second: {good:,} of 4,000 acknowledged, {_spread(times)}"


async def acknowledged_on_postgres(folder: Path, a_second: float) -> str:
    """For 15 seconds, two processes over one database."""
    with server() as maintenance:
        url = make_url(maintenance).render_as_string(hide_password=False)
        await upgrade(url)
        async with FakeTelegram() as fake, asyncio.TaskGroup() as tasks:
            chats = _chats(fake)
            settings = _settings(fake, MOTCUA_DATABASE_URL=url, MOTCUA_KEYS="k" * 40)
            two = [await start(tasks, folder / str(one), settings) for one in range(2)]
            urls = [f"{one.url}/telegram" for one in two]
            begun = time.monotonic()
            times, good, _ = await _load(urls, chats, a_second=a_second, seconds=15, said=_GREETING)
            taken = time.monotonic() - begun
            for one in two:
                await one.kill()
    count = int(a_second * 15)
    return (
        f"PostgreSQL, two processes, {a_second:.0f} a second offered: {good:,} of {count:,} "
        f"acknowledged in {taken:.1f} s ({good / taken:.0f} a second), {_spread(times)}"
    )


async def _in_to_out(fake: FakeTelegram, url: str, chats: Sequence[int], said: str) -> list[float]:
    """Milliseconds from posting to the reply's arrival at the platform, 50 a second, 20 s."""
    await _load([url], chats, a_second=20, seconds=3, said=said)
    await asyncio.sleep(2)
    fake.calls.clear()
    _, _, posted = await _load([url], chats, a_second=50, seconds=20, said=said)
    await asyncio.sleep(3)
    arrived: dict[int, list[float]] = {}
    for call in fake.calls:
        if call.method in {"sendMessage", "editMessageText"}:
            arrived.setdefault(int(call.parameters["chat_id"]), []).append(call.at)
    times = []
    for chat, at in posted:
        later = next((one for one in arrived.get(chat, []) if one >= at), None)
        if later is not None:
            times.append((later - at) * 1000)
    if len(times) < len(posted):
        sys.stdout.write(f"  ({len(posted) - len(times)} of {len(posted)} without a reply)\n")
    return sorted(times)


async def beside_the_library(folder: Path) -> list[str]:
    """Motcua and python-telegram-bot's own webhook application, one after the other."""
    async with FakeTelegram() as fake:
        chats = _chats(fake)
        async with serving(folder, _settings(fake)) as served:
            url = f"{served.url}/telegram"
            greeting = await _in_to_out(fake, url, chats, _GREETING)
            text = next(c.parameters["text"] for c in fake.calls if c.method == "sendMessage")
            question = await _in_to_out(fake, url, chats, _QUESTION)
        answer = folder / "answer.html"
        answer.write_text(text, "utf-8")
        peer = await _start_peer(fake, answer)
        try:
            library = await _in_to_out(fake, peer[1], chats, _GREETING)
        finally:
            peer[0].kill()
            await peer[0].wait()
    ratio = statistics.median(greeting) / statistics.median(library)
    return [
        f"in to out at 50 a second, a greeting: {_spread(greeting)}",
        f"in to out at 50 a second, a question: {_spread(question)}",
        f"python-telegram-bot's webhook application, the greeting's text: {_spread(library)}",
        f"motcua takes {ratio:.1f} times as long (median)",
    ]


async def _start_peer(fake: FakeTelegram, answer: Path) -> tuple[asyncio.subprocess.Process, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.ptb_peer",
        fake.token, fake.url, str(port), _SECRET, str(answer),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(20):
        while not fake.sent("setWebhook"):
            await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    return process, f"http://127.0.0.1:{port}/telegram"


async def forged(folder: Path, count: int = 5_000) -> str:
    """Forged and broken calls among genuine ones; memory before and after."""
    chance = random.Random(26)
    async with FakeTelegram() as fake:
        chats = _chats(fake)
        async with serving(folder, _settings(fake)) as served:
            url = f"{served.url}/telegram"
            async with aiohttp.ClientSession() as genuine, aiohttp.ClientSession() as forger:
                await _forge(genuine, forger, url, chats, 200, chance)
                before = _memory(served)
                accepted, refused = await _forge(genuine, forger, url, chats, count, chance)
                grown = _memory(served) - before
            await served.kill()
    return (
        f"{count:,} forged or broken calls among {count // 10} genuine ones: {accepted} forged "
        f"accepted, {refused} genuine refused, memory {grown:+.0f} MiB"
    )


async def _forge(  # noqa: PLR0917 - who calls, what and how often
    genuine: aiohttp.ClientSession,
    forger: aiohttp.ClientSession,
    url: str,
    chats: Sequence[int],
    count: int,
    chance: random.Random,
) -> tuple[int, int]:
    accepted = refused = 0
    for number in range(count):
        if number % 10 == 0:
            body = update_of(next(_numbers), _GREETING, chats[number % len(chats)])
            async with genuine.post(url, data=body, headers=_HEADER) as response:
                refused += response.status != 200
        headers, body = _forgery(number, chance, chats)
        try:
            async with forger.post(url, data=body, headers=headers) as response:
                accepted += response.status == 200
        except aiohttp.ClientError:
            pass  # hung up on, which is no acceptance
    return accepted, refused


def _forgery(
    number: int, chance: random.Random, chats: Sequence[int]
) -> tuple[dict[str, str], bytes]:
    body = update_of(next(_numbers), "giả", chats[0])
    name = "X-Telegram-Bot-Api-Secret-Token"
    match number % 6:
        case 0:
            return {}, body
        case 1:
            return {name: _SECRET[: chance.randrange(len(_SECRET))]}, body
        case 2:
            return {name: "".join(chance.sample(_SECRET, len(_SECRET)))}, body
        case 3:
            return {name: _SECRET, "Content-Encoding": "gzip"}, body
        case 4 if number % 60 == 4:
            return {name: _SECRET}, b" " * (10 * 1024 * 1024)
        case _:
            return {name: f"{_SECRET}x"}, json.dumps(json.loads(body), indent=1).encode()


def _memory(served: Served) -> float:
    status = Path(f"/proc/{served.process.pid}/status").read_text("ascii")
    line = next(one for one in status.splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def _all() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _tell(await acknowledged_on_sqlite(folder / "a"))
        _tell(await acknowledged_on_postgres(folder / "b", 1_200))
        _tell(*await beside_the_library(folder / "c"))
        _tell(await forged(folder / "d"))


def _tell(*sentences: str) -> None:
    for sentence in sentences:
        sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def main() -> None:
    asyncio.run(_all())


if __name__ == "__main__":
    main()
