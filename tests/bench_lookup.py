"""Looking up a dossier among many, and what its timing tells: `python -m tests.bench_lookup`.

SQLite with 300,000 dossiers and 1,800,000 status changes (or as many dossiers as the argument
says). The timing of "no such dossier" against "wrong proof" is compared over 2,000 pairs.
"""

import asyncio
import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

from bot.demonstration import province
from bot.intake import FrontDesk
from bot.library import Library
from bot.messages import Address, ChannelName, Incoming
from bot.office import Office
from db.engine import Database, open_database
from db.migrating import upgrade
from db.records import NewDossier, StatusChange
from db.secrets import Keyring
from tests.conftest import KEY
from tests.knowledge import procedures as known

_COUNT = 300_000
_PART = 3_000
_LOOKUPS = 3_000
_PAIRS = 2_000
_HISTORY = 6
_NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)


def code_of(number: int) -> str:
    """The code of one of the generated dossiers."""
    day = dt.date(2020, 1, 1) + dt.timedelta(days=number // 100)
    return f"H48.14-{day:%y%m%d}-{number % 100 + 1:04d}"


async def fill(database: Database, count: int) -> None:
    """Keep `count` dossiers, each with six status changes, in portions."""
    for start in range(0, count, _PART):
        async with database.unit() as unit:
            await unit.dossiers.add_many(
                [
                    dossier_like(number, code_of(number))
                    for number in range(start, min(start + _PART, count))
                ],
                origin="bench",
            )
            await unit.commit()


@cache
def _models() -> tuple[NewDossier, ...]:
    return province()


def dossier_like(number: int, code: str) -> NewDossier:
    """One of the demonstration's dossiers under another code, with six status changes."""
    models = _models()
    model = models[number % len(models)]
    first = model.dossier.history[0]
    history = tuple(
        StatusChange(at=first.at + dt.timedelta(hours=ahead), status=first.status)
        for ahead in range(_HISTORY)
    )
    dossier = replace(model.dossier, code=code, history=history)
    return replace(model, dossier=dossier)


async def measure(count: int) -> list[str]:
    """Sentences with figures."""
    told = []
    chance = random.Random(118)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'motcua.db'}"
        await upgrade(url)
        database = await open_database(url, keys=Keyring([KEY]))
        started = time.perf_counter()
        await fill(database, count)
        told.append(
            f"{count:,} dossiers with {count * _HISTORY:,} status changes made in "
            f"{time.perf_counter() - started:.0f} s"
        )
        times = []
        for _ in range(_LOOKUPS):
            code = code_of(chance.randrange(count))
            begun = time.perf_counter()
            async with database.unit() as unit:
                assert await unit.dossiers.find([code])
            times.append((time.perf_counter() - begun) * 1000)
        times.sort()
        told.append(
            f"lookup: p50 {statistics.median(times):.1f} ms, "
            f"p99 {times[int(len(times) * 0.99)]:.1f} ms"
        )
        told.append(f"timing of absent against wrong proof: AUC {await _auc(database, count):.3f}")
        await database.close()
    return told


async def _auc(database: Database, count: int) -> float:
    """The chance that a wrong proof takes longer than an absent dossier; 0.5 tells nothing."""
    async with database.unit() as unit:
        await unit.knowledge.publish({one.code: one for one in known.ALL}, at=_NOW, by="b", note="")
        await unit.commit()
    library = Library(database, Office(), known.BOOK)
    await library.refresh()
    desk = FrontDesk(database, library, Keyring([KEY]), lambda: _NOW)
    chance = random.Random(61)
    wrong: list[float] = []
    absent: list[float] = []
    for pair in range(_PAIRS):
        both = [(wrong, code_of(chance.randrange(count))), (absent, code_of(count + pair))]
        chance.shuffle(both)
        for place, (times, code) in enumerate(both):
            who = Address(channel=ChannelName.WEBCHAT, chat=f"{pair}-{place}")
            await desk.answer(Incoming(address=who, at=_NOW, text=code))
            begun = time.perf_counter()
            await desk.answer(Incoming(address=who, at=_NOW, text="000000"))
            times.append(time.perf_counter() - begun)
    ranks = sorted([(time_taken, 1) for time_taken in wrong] + [(one, 0) for one in absent])
    total = sum(rank for rank, (_, is_wrong) in enumerate(ranks, 1) if is_wrong)
    return (total - _PAIRS * (_PAIRS + 1) / 2) / (_PAIRS * _PAIRS)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _COUNT
    for sentence in asyncio.run(measure(count)):
        sys.stdout.write(f"{sentence}\n")


if __name__ == "__main__":
    main()
