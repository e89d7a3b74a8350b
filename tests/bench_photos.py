"""How many photos of a receipt are read, and how fast: `python -m tests.bench_photos`."""

import asyncio
import random
import statistics
import sys
import time

from bot.receipts.link import make, web_address
from bot.receipts.photo import PhotoReader, Seen
from bot.receipts.scanned import Scanned
from db.secrets import Keyring
from tests.conftest import KEY
from tests.fakes.photos import photo_of, taken

PHOTOS = 200
SEED = 31


async def _main() -> None:
    scanned = Scanned(keyring=Keyring([KEY]))
    chance = random.Random(SEED)
    codes = [f"H48.14-261116-{number:04d}" for number in range(1, PHOTOS + 1)]
    photos = [photo_of(_address(scanned, code), taken(chance), chance) for code in codes]
    reader = PhotoReader(scanned.code_in)
    await reader.read(photos[0])  # the first photo starts the child
    read, times = 0, []
    for code, photo in zip(codes, photos, strict=True):
        started = time.perf_counter()
        seen = await reader.read(photo)
        times.append((time.perf_counter() - started) * 1000)
        read += seen == Seen(code=code)
    await reader.close()
    median, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    sys.stdout.write(
        f"{PHOTOS} photos, seed {SEED}: {read / PHOTOS:.1%} read (goal 95%); "
        f"median {median:.0f} ms, p95 {late:.0f} ms (goal 50 ms), most {max(times):.0f} ms\n"
    )


def _address(scanned: Scanned, code: str) -> str:
    reference = make(scanned.keyring, code)
    if reference is None:
        raise ValueError(f"The code {code} does not fit into a reference.")
    return web_address("https://motcua.example", reference)


if __name__ == "__main__":
    asyncio.run(_main())
