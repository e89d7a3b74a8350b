"""A folder in which files of dossiers are dropped: taken, imported whole or not at all, put away.

A file goes from the folder to `taken/`, and from there to `done/` or, with its problems beside it,
to `failed/`. Each step is one rename. A process that is killed in between leaves the file in
`taken/`, where the next look finds it: importing it again changes nothing.
"""

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import structlog

from bot.dropping.apart import survives_reading
from bot.dropping.still import Seen, look_again
from bot.errors import Refusal
from bot.importing import DossierReading, read_dossier_file
from db.engine import Database, DatabaseTrouble

ORIGIN = "import"

XLSX = ".xlsx"
ENDINGS = (".csv", XLSX)

LOOK_SECONDS = 2.0

TAKEN, DONE, FAILED = "taken", "done", "failed"

_MOST_PROBLEMS = 1_000
_TOO_MUCH = (
    "Reading it takes too much memory or time. "
    "Save it again, without cells far away from the table, or split it."
)

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Dropped:
    """What became of one file. `problems` empty: its `dossiers` were imported."""

    name: str
    dossiers: int
    problems: tuple[str, ...] = ()


class DropFolder:
    """One watched folder. One look at a time; several processes may watch the same."""

    def __init__(
        self,
        folder: Path,
        *,
        database: Database,
        zone: dt.tzinfo,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._folder = folder
        self._database = database
        self._zone = zone
        self._clock = clock
        self._seen: Seen = {}

    def make(self) -> None:
        """Make what is missing of the folder. Raises Refusal when it cannot be used."""
        try:
            for name in (TAKEN, DONE, FAILED):
                (self._folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refusal(
                f"The folder {self._folder} for dropped files cannot be used ({error.strerror}). "
                "Make it writable, or name another in MOTCUA_DROP."
            ) from None

    async def look(self, now: float) -> list[Dropped]:
        """Import what stands still. `now`: monotonic seconds. Raises OSError, DatabaseTrouble."""
        left = await asyncio.to_thread(_files_of, self._folder / TAKEN)
        dropped = [await self._import(name) for name in sorted(left)]
        listing = await asyncio.to_thread(_files_of, self._folder)
        self._seen, still = look_again(self._seen, listing, now)
        dropped += [await self._import(name) for name in still if self._take(name, listing[name])]
        return [one for one in dropped if one]

    def _take(self, name: str, looked: tuple[int, int]) -> bool:
        """Take a file by renaming it: of several processes one succeeds."""
        source, target = self._folder / name, self._folder / TAKEN / name
        if target.exists():  # its forerunner waits for the database
            return False
        try:
            if _looks(source) != looked:
                return False
            source.rename(target)
        except FileNotFoundError:
            return False
        return True

    async def _import(self, name: str) -> Dropped | None:
        """Import one taken file and put it away; None when another process did."""
        path = self._folder / TAKEN / name
        reading, refusal = await self._read(path)
        if not path.exists():
            return None
        problems = (refusal,) if refusal else tuple(str(one) for one in reading.problems)
        if not problems:
            async with self._database.unit() as unit:
                await unit.dossiers.merge_many(
                    reading.dossiers, origin=ORIGIN, seen_at=self._clock()
                )
                await unit.commit()
        await asyncio.to_thread(self._put_away, path, problems)
        imported = 0 if problems else len(reading.dossiers)
        _log.info(
            "A dropped file was imported." if not problems else "A dropped file was refused.",
            action="dropped_file",
            dossiers=imported,
            problems=len(problems),
        )
        return Dropped(name=name, dossiers=imported, problems=problems)

    async def _read(self, path: Path) -> tuple[DossierReading, str]:
        """What the file holds, or why it cannot be read."""
        if path.suffix.lower() == XLSX and not await survives_reading(path):
            return DossierReading(), f"{path.name}: {_TOO_MUCH}"
        try:
            return await asyncio.to_thread(read_dossier_file, path, self._zone), ""
        except Refusal as refusal:
            return DossierReading(), str(refusal)

    def _put_away(self, path: Path, problems: Sequence[str]) -> None:
        """Move a file to `done/` or `failed/`, under a name that is free there."""
        target = _free(self._folder / (FAILED if problems else DONE), path.name)
        if problems:
            told = list(problems[:_MOST_PROBLEMS])
            if len(problems) > _MOST_PROBLEMS:
                told.append(f"… and {len(problems) - _MOST_PROBLEMS} more.")
            text = "\n".join(("Nothing of this file was imported.", *told, ""))
            target.with_name(f"{target.name}.problems.txt").write_text(text, "utf-8")
        with suppress(FileNotFoundError):  # another process, after a crash of ours, was quicker
            path.rename(target)


async def keep_looking(folder: DropFolder) -> None:
    """Look every few seconds, for ever; trouble with the folder or the database passes."""
    while True:
        try:
            await folder.look(time.monotonic())
        except DatabaseTrouble:
            _log.warning("Dropped files wait: folder or database is away.", action="drop_waits")
        await asyncio.sleep(LOOK_SECONDS)


def _files_of(folder: Path) -> dict[str, tuple[int, int]]:
    """The files that may be taken, with size and time of change; no links, nothing hidden."""
    found = {}
    for path in folder.iterdir():
        is_ours = path.suffix.lower() in ENDINGS and not path.name.startswith((".", "~"))
        if is_ours and path.is_file() and not path.is_symlink():
            with suppress(FileNotFoundError):
                found[path.name] = _looks(path)
    return found


def _looks(path: Path) -> tuple[int, int]:
    told = path.lstat()
    return told.st_size, told.st_mtime_ns


def _free(folder: Path, name: str) -> Path:
    path = folder / name
    for number in count(2):
        if not path.exists():
            break
        path = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
    return path
