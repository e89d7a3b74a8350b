"""Guessing at dossiers from many addresses: `python -m tests.bench_guessing`.

10,000 guesses from 50 addresses over a range of codes of which 2,000 are real, then one guess each
from 1,000 addresses, while owners look up theirs. Prints what the guessers learned: dossiers
opened, and replies that tell a real code from an absent one.
"""

import asyncio
import datetime as dt
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.demonstration import province
from bot.intake import FrontDesk
from bot.library import Library
from bot.messages import Address, ChannelName, Incoming, Reply, reply_to_json
from bot.office import Office
from bot.wiring import start_logging
from db.engine import Database, open_database
from db.migrating import upgrade
from db.records import NewDossier
from db.secrets import Keyring
from tests.conftest import KEY
from tests.knowledge import procedures as known

_REAL, _RANGE, _GUESSES, _ADDRESSES, _ALONE = 2_000, 4_000, 10_000, 50, 1_000
_NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)


@dataclass(kw_only=True, slots=True)
class Learned:
    """What guessers and owners got. `shapes` are replies with the code taken out, by reality."""

    tried: int = 0
    opened: int = 0
    locked: int = 0
    owners: int = 0
    served: int = 0
    shapes: dict[bool, Counter[str]] = field(
        default_factory=lambda: {True: Counter(), False: Counter()}
    )

    @property
    def existence_bits(self) -> int:
        """How many kinds of replies are given for real codes only, or for absent ones only."""
        return len(set(self.shapes[True]) ^ set(self.shapes[False]))


def code_of(number: int) -> str:
    """Every second code of the range is real."""
    return f"H48.14-261120-{number:04d}"


def dossier(number: int) -> NewDossier:
    """A real dossier of the range, its owner's number ending in the number's own six digits."""
    model = province()[0]
    secret = f"G{number:07d}".translate(str.maketrans("0189", "ABCD"))
    return replace(
        model,
        dossier=replace(model.dossier, code=code_of(number)),
        owner_number=f"062123{(number * 7919 + 104_729) % 1_000_000:06d}",
        receipt_secret=secret,
    )


async def attack(
    desk: FrontDesk, guessers: Sequence[Address], *, guesses: int, span: int
) -> Learned:
    """Let every guesser walk the range in turn; after each round one owner looks up a dossier."""
    learned = Learned()
    chance = random.Random(20)
    now = _NOW
    for number in range(guesses):
        guesser = guessers[number % len(guessers)]
        code = code_of(number % span)
        is_real = number % span % 2 == 0
        now += dt.timedelta(milliseconds=50)
        asked = await _say(desk, guesser, code, now)
        told = await _say(desk, guesser, f"{chance.randrange(1_000_000):06d}", now)
        learned.opened += _is_open(told)
        learned.locked += "nhiều lần" in reply_to_json(told)
        learned.tried += "nào khớp" in reply_to_json(told)
        for reply in (asked, told):
            learned.shapes[is_real][reply_to_json(reply).replace(code, "CODE")] += 1
        if number % len(guessers) == 0:
            learned.owners += 1
            learned.served += await _owner_looks(desk, number // len(guessers) * 2 % span, now)
    return learned


async def _owner_looks(desk: FrontDesk, number: int, now: dt.datetime) -> bool:
    new = dossier(number)
    owner = Address(channel=ChannelName.WEBCHAT, chat=f"owner-{number}-{now.timestamp()}")
    await _say(desk, owner, new.dossier.code, now)
    return _is_open(await _say(desk, owner, new.owner_number[-6:], now))


async def _say(desk: FrontDesk, who: Address, text: str, now: dt.datetime) -> Reply:
    return await desk.answer(Incoming(address=who, at=now, text=text))


def _is_open(reply: Reply) -> bool:
    return "Người đứng tên" in reply_to_json(reply)


async def open_target(database: Database, span: int) -> FrontDesk:
    """A desk over a range of codes, every second one of them a real dossier."""
    async with database.unit() as unit:
        await unit.dossiers.add_many([dossier(one) for one in range(0, span, 2)], origin="b")
        await unit.knowledge.publish({one.code: one for one in known.ALL}, at=_NOW, by="b", note="")
        await unit.commit()
    library = Library(database, Office(), known.BOOK)
    await library.refresh()
    return FrontDesk(database, library, Keyring([KEY]), lambda: _NOW)


def addresses(count: int, name: str) -> list[Address]:
    """Addresses of one name and a running number."""
    return [Address(channel=ChannelName.WEBCHAT, chat=f"{name}-{one}") for one in range(count)]


async def measure() -> list[str]:
    """Sentences with figures."""
    told = []
    for count, guesses in ((_ADDRESSES, _GUESSES), (_ALONE, _ALONE)):
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'motcua.db'}"
            await upgrade(url)
            database = await open_database(url, keys=Keyring([KEY]))
            desk = await open_target(database, _RANGE)
            started = time.perf_counter()
            learned = await attack(desk, addresses(count, "g"), guesses=guesses, span=_RANGE)
            told.append(
                f"{guesses:,} guesses from {count:,} addresses at {_REAL:,} real dossiers: "
                f"{learned.tried} compared, {learned.locked} refused unseen, "
                f"{learned.opened} dossiers, {learned.existence_bits} existence bits; "
                f"{learned.served} of {learned.owners} owners served "
                f"({time.perf_counter() - started:.0f} s)"
            )
            await database.close()
    return told


def main() -> None:
    start_logging("error")
    for sentence in asyncio.run(measure()):
        sys.stdout.write(f"{sentence}\n")


if __name__ == "__main__":
    main()
