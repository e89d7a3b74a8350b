"""`make bench`: start, turns, import and memory, measured on this machine and printed as a table.

The large catalogue is the real records beside the checkout; without them the starter catalogue is
measured, and the table says so.
"""

import argparse
import asyncio
import datetime as dt
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.demonstration import SAMPLE
from bot.messages import Address, ChannelName, Incoming
from bot.settings import Settings
from bot.wiring import House, open_house, start_logging
from knowledge.model import Procedure

SHARED = Path(__file__).parent.parent.parent / "shared" / "data" / "procedures-portal.jsonl.gz"
_MOTCUA = str(Path(sys.executable).parent / "motcua")
_HOSTILE = (
    "",
    " ",
    "\x00",
    "\ud800",
    "a" + "\u0301" * 10_000,
    "👨‍👩‍👧‍👦" * 500,
    "\u202eأهلا",
    "<script>alert(1)</script>",
    "'; DROP TABLE turns; --",
    "đăng ký " * 130_000,
)

Row = tuple[str, str]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--turns", type=int, default=600, help="questions to ask")
    options.add_argument("--runs", type=int, default=5, help="how often to start and to import")
    chosen = options.parse_args()
    start_logging("error")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        rows = [
            *_starts(data / "start", chosen.runs),
            *_imports(data / "import", chosen.runs),
            *asyncio.run(_turns(data / "import", chosen.turns)),
        ]
    table = Table("what", "measured", title="motcua on this machine", title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _starts(data: Path, runs: int) -> Iterator[Row]:
    with _served(data) as (_, _, first):
        pass
    again = []
    memory = 0
    for _ in range(runs):
        with _served(data) as (url, pid, seconds):
            again.append(seconds)
            for _ in range(20):
                body = b"text=khai+sinh+can+giay+to+gi"
                urllib.request.urlopen(f"{url}chat", data=body, timeout=10).close()
            memory = _resident(pid)
    yield "first start, with 300 demonstration dossiers", f"{first:.2f} s"
    yield f"start after the first, median of {runs}", f"{statistics.median(again):.2f} s"
    yield "memory of the serving process", f"{memory >> 20} MiB"


def _imports(data: Path, runs: int) -> Iterator[Row]:
    if not SHARED.is_file():
        yield "import", "not measured: the real records are not beside the checkout"
        return
    seconds = []
    for run in range(runs):
        started = time.perf_counter()
        _motcua(data, "catalogue", "import", str(SHARED), "--publish")
        seconds.append(time.perf_counter() - started)
        if run == 0:
            first = seconds.pop()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    yield "import and publish 3,037 records", f"{first:.1f} s"
    again = f"{statistics.median(seconds):.1f} s" if seconds else "–"
    yield f"the same import again (nothing changes), median of {len(seconds)}", again
    yield "most memory of an import", f"{peak >> 10} MiB"


async def _turns(data: Path, count: int) -> list[Row]:
    async with open_house(Settings(data=data)) as house:
        procedures = house.library.knowledge.revision.current
        asked = [
            await _timed(house, text, n) for n, text in enumerate(_questions(procedures, count))
        ]
        hostile = [await _timed(house, text, n) for n, text in enumerate(_HOSTILE * 10)]
    name = f"a turn over {len(procedures):,} procedures, message to kept reply"
    return [
        (f"{name}: p50 of {count}", f"{statistics.median(asked):.1f} ms"),
        (f"{name}: p99", f"{_p99(asked):.1f} ms"),
        (f"a turn of bad input: p99 of {len(hostile)}", f"{_p99(hostile):.1f} ms"),
    ]


async def _timed(house: House, text: str, number: int) -> float:
    address = Address(channel=ChannelName.WEBCHAT, chat=f"bench-{number % 50}")
    incoming = Incoming(address=address, at=dt.datetime.now(dt.UTC), text=text)
    started = time.perf_counter()
    await house.desk.answer(incoming)
    return (time.perf_counter() - started) * 1000


def _questions(procedures: Sequence[Procedure], count: int) -> Iterator[str]:
    aspects = ("cần giấy tờ gì", "phí bao nhiêu", "mất mấy ngày", "nộp ở đâu", "")
    for number in range(count):
        if number % 20 == 19:
            yield SAMPLE.code
            continue
        procedure = procedures[number * 7919 % len(procedures)]
        yield f"{procedure.title} {aspects[number % len(aspects)]}"


def _p99(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


@contextmanager
def _served(data: Path) -> Iterator[tuple[str, int, float]]:
    started = time.perf_counter()
    process = subprocess.Popen(
        [_MOTCUA, "serve", "--with-demo"],
        env={**os.environ, "MOTCUA_DATA": str(data), "MOTCUA_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = next(found[0] for one in process.stdout if (found := re.search(r"http://\S+/", one)))
        with urllib.request.urlopen(f"{url}readyz", timeout=30) as response:
            assert json.load(response)["ready"]
        yield url, process.pid, time.perf_counter() - started
    finally:
        process.terminate()
        process.stdout.close()
        process.wait()


def _motcua(data: Path, *arguments: str) -> None:
    subprocess.run(
        [_MOTCUA, *arguments],
        env={**os.environ, "MOTCUA_DATA": str(data)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds, where the system tells."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
