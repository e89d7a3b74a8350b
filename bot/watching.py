"""Watching tracking databases of others: a look at each of them, again and again, side by side."""

import asyncio
import datetime as dt
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.errors import Refusal
from db.engine import Database, DatabaseTrouble
from db.sources.mapping_file import MappingInvalid, Source, read_sources
from db.sources.syncing import SyncReport, Tell, sync

_log = structlog.get_logger()

Wait = Callable[[float], Awaitable[None]]
"""Lets some seconds pass."""


def sources_of(folder: Path | None) -> tuple[Source, ...]:
    """The sources whose mappings a folder holds; none without a folder.

    Raises Refusal with every problem of every mapping.
    """
    if folder is None:
        return ()
    try:
        return read_sources(folder)
    except MappingInvalid as error:
        raise Refusal(f"MOTCUA_SOURCES names {folder}, which cannot be used:\n{error}") from None


@dataclass(frozen=True, kw_only=True, slots=True)
class Watcher:
    """Looks at sources every so many seconds.

    `tell` is handed new status changes in the transaction that keeps them.
    """

    database: Database
    every: float
    clock: Callable[[], dt.datetime]
    wait: Wait = asyncio.sleep
    tell: Tell | None = None

    async def watch(self, sources: Sequence[Source]) -> None:
        """Look at each in its own task, so that a slow one holds nobody up; until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for source in sources:
                tasks.create_task(self._watch_one(source))

    async def _watch_one(self, source: Source) -> None:
        trouble = ""
        while True:
            trouble = await self._look(source, trouble)
            await self.wait(self.every)

    async def _look(self, source: Source, trouble_before: str) -> str:
        """One look; returns its trouble, so that the same one is not logged again and again."""
        begun = self.clock()
        try:
            report = await sync(self.database, source, begun, tell=self.tell)
        except DatabaseTrouble:
            _log.warning(
                "What a source told could not be kept.",
                action="source_not_kept",
                source=source.name,
            )
            return trouble_before
        except Exception as error:  # noqa: BLE001 - whatever others hold must not end the desk
            last = traceback.extract_tb(error.__traceback__)[-1]
            _log.error(  # without the error's text: it may hold something of a row
                "A source could not be read.",
                action="source_failed",
                source=source.name,
                error=type(error).__name__,
                where=f"{Path(last.filename).name}:{last.lineno}",
            )
            return trouble_before
        _say(report, (self.clock() - begun).total_seconds(), trouble_before)
        return report.trouble


def _say(report: SyncReport, seconds: float, trouble_before: str) -> None:
    """One line for a look that did something, failed, or was the first to work again."""
    name = report.source
    if report.trouble and report.trouble != trouble_before:
        _log.warning(
            "A source cannot be read.", action="source_away", source=name, trouble=report.trouble
        )
    if trouble_before and not report.trouble:
        _log.info("A source can be read again.", action="source_back", source=name)
    if report.dossiers or report.unread_count:
        _log.info(
            "A source was read.",
            action="source_read",
            source=name,
            rows=report.rows,
            dossiers=report.dossiers,
            changes=report.changes,
            unread=report.unread_count,
            seconds=round(seconds, 1),
        )
