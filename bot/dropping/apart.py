"""Reading a stranger's workbook first in a process of its own, which may die of it."""

import asyncio
import resource
import sys
from asyncio.subprocess import DEVNULL
from contextlib import suppress
from pathlib import Path

from knowledge.reading.sheets import SheetBroken, read_sheet

LARGEST_MEMORY = 1024**3
"""Bytes that reading may take beside what the process has at its start: 230,000 dossiers fit."""

MOST_CELLS = 6_000_000
"""Cells of a sheet, empty ones between others counted: 400,000 dossiers of 15 columns."""

MOST_SECONDS = 120
"""How long reading may take: twenty times what 230,000 dossiers take."""


async def survives_reading(path: Path) -> bool:
    """Whether reading the sheet ends by itself: in a table of some size, or in a reason.

    A workbook of ten kilobytes can name two cells so far apart that the library which reads it
    asks for half a terabyte, and ends its process.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", __name__, str(path),
        stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL,
    )  # fmt: skip
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(MOST_SECONDS):
                return await child.wait() == 0
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return False


def _bound() -> None:
    """Limit memory and time, and leave no core file: it would hold what was read."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        most = pages * resource.getpagesize() + LARGEST_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _is_small(path: Path) -> bool:
    _bound()
    try:
        lines = read_sheet(path.name, path.read_bytes())
    except SheetBroken:
        return True  # whoever reads it next tells the reason
    return sum(len(line.cells) for line in lines) <= MOST_CELLS


if __name__ == "__main__":
    sys.exit(not _is_small(Path(sys.argv[1])))
