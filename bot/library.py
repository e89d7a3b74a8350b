"""The knowledge in use: loaded, indexed beside, swapped by one assignment."""

import asyncio

import structlog

from bot.dialogue.context import Knowledge
from bot.office import Office
from bot.timing import Timekeeper, timekeeper_of
from db.engine import Database, DatabaseTrouble
from knowledge.matcher import LexicalMatcher
from knowledge.model import Revision
from knowledge.phrasebook import Phrasebook
from knowledge.places import gazetteer_of

FOLLOW_SECONDS = 2.0
"""How often a process looks for a newer revision: a publication is everywhere within this."""

_log = structlog.get_logger()


class Library:
    """Serves one revision while a newer one is loaded and indexed in a thread."""

    def __init__(
        self,
        database: Database,
        office: Office,
        phrasebook: Phrasebook | None = None,
        timekeeper: Timekeeper | None = None,
    ) -> None:
        """`phrasebook`: what people say; `timekeeper`: deadlines; None is what ships."""
        self._database = database
        self._office = office
        self._phrasebook = phrasebook
        self._timekeeper = timekeeper or timekeeper_of(office)
        self._knowledge: Knowledge | None = None

    @property
    def knowledge(self) -> Knowledge:
        """The knowledge of this moment. Raises LookupError before the first `refresh`."""
        if self._knowledge is None:
            raise LookupError("The library is empty: refresh() has not run.")
        return self._knowledge

    @property
    def is_open(self) -> bool:
        """Whether there is knowledge to answer from."""
        return self._knowledge is not None

    async def refresh(self) -> bool:
        """Load the newest revision if it is not the one in use; tell whether it was swapped."""
        async with self._database.unit() as unit:
            newest = await unit.knowledge.current_number()
            if self._knowledge is not None and self._knowledge.revision.number == newest:
                return False
            revision = await unit.knowledge.load(newest)
        self._knowledge = await asyncio.to_thread(
            _index, revision, self._office, self._phrasebook, self._timekeeper
        )
        _log.info("The catalogue is in use.", action="revision_in_use", revision=newest)
        return True

    async def follow(self) -> None:
        """Keep up with publications for as long as the task runs; a failed look is tried again."""
        while True:
            await asyncio.sleep(FOLLOW_SECONDS)
            try:
                await self.refresh()
            except DatabaseTrouble:
                _log.warning("The newest revision could not be read.", action="revision_missed")


def _index(
    revision: Revision, office: Office, phrasebook: Phrasebook | None, timekeeper: Timekeeper
) -> Knowledge:
    return Knowledge(
        revision=revision,
        matcher=LexicalMatcher(revision.current, phrasebook=phrasebook),
        office=office,
        places=gazetteer_of(office.province),
        timekeeper=timekeeper,
    )
