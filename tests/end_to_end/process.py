"""The real process, `motcua serve` or simulate, beside a test: own data folder, port and log."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

_OPEN = re.compile(r"(?:motcua|The page) is open: (http://\S+)/")


@dataclass
class Served:
    """A running process. `log` grows while it runs."""

    process: Process
    url: str = ""
    log: list[str] = field(default_factory=list)

    async def stop(self) -> int:
        """Ask it to end, as a service manager does; its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.process.wait()

    async def kill(self) -> None:
        """End it at once, as a crash does."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    def said(self, what: str) -> int:
        """How many lines of the log hold this."""
        return sum(what in line for line in self.log)


@asynccontextmanager
async def serving(
    data: Path,
    settings: Mapping[str, str],
    *arguments: str,
    port: int = 0,
    command: Sequence[str] = ("serve",),
) -> AsyncIterator[Served]:
    """Start, wait until it is open, and stop at the end."""
    async with asyncio.TaskGroup() as tasks:
        served = await start(tasks, data, settings, *arguments, port=port, command=command)
        try:
            yield served
        finally:
            await served.stop()


async def start(
    tasks: asyncio.TaskGroup,
    data: Path,
    settings: Mapping[str, str],
    *arguments: str,
    port: int = 0,
    command: Sequence[str] = ("serve",),
) -> Served:
    """Start it and wait until it is open or has ended; `tasks` follow what it says."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")},
        "MOTCUA_DATA": str(data),
        "MOTCUA_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "motcua"), *command, *arguments,
        stdout=PIPE, stderr=PIPE, env=environment,
    )  # fmt: skip
    served = Served(process=process)
    opened = asyncio.Event()
    for stream in (process.stdout, process.stderr):
        if stream:
            tasks.create_task(_follow(stream, served, opened))
    async with asyncio.timeout(60):
        await opened.wait()
    return served


async def _follow(stream: asyncio.StreamReader, served: Served, opened: asyncio.Event) -> None:
    async for line in stream:
        text = line.decode("utf-8", "replace").rstrip()
        served.log.append(text)
        found = _OPEN.search(text)
        if found:
            served.url = found[1]
            opened.set()
    opened.set()
