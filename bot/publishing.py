"""A catalogue on its way in: read, merged with what is known, linted, compared, published."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Refusal
from db.engine import Database
from knowledge.diffing import Diff, diff
from knowledge.linting import lint
from knowledge.merging import merge_all
from knowledge.model import Procedure, ProcedureCode, Revision
from knowledge.problems import Problem, Severity
from knowledge.reading.sniff import Format, read_catalogue_file
from knowledge.reading.starter import read_shipped_catalogue


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What a publication would be: the whole next state, what changes, what is wrong.

    `base` is the revision it was made from; publishing refuses when another came in between.
    """

    base: int
    procedures: Mapping[ProcedureCode, Procedure]
    changes: Diff
    problems: tuple[Problem, ...]

    @property
    def is_publishable(self) -> bool:
        """Whether no problem is an error."""
        return all(problem.severity is not Severity.ERROR for problem in self.problems)


async def current_revision(database: Database) -> Revision:
    """The published state of this moment; revision 0 where nothing was ever published."""
    async with database.unit() as unit:
        return await unit.knowledge.load(await unit.knowledge.current_number())


async def draft_from_files(  # noqa: PLR0913 - all but two are keyword options
    database: Database,
    files: Sequence[Path],
    *,
    today: dt.date,
    form: Format | None = None,
    whole: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Draft:
    """Read files in their order and merge them into the current revision. Stores nothing."""
    base = await current_revision(database)
    problems: list[Problem] = []
    incoming: dict[ProcedureCode, Procedure] = {}
    for path in files:
        reading = read_catalogue_file(path.name, _bytes_of(path), form, progress=progress)
        problems += reading.problems
        if not reading.procedures and reading.is_usable:
            problems.append(_nothing_in(path.name))
        incoming = merge_all(incoming, reading.procedures, whole=False)
    merged = merge_all(base.procedures, incoming.values(), whole=whole)
    problems += lint(incoming.values(), today=today)
    return Draft(
        base=base.number,
        procedures=merged,
        changes=diff(base.procedures, merged),
        problems=tuple(problems),
    )


async def publish(database: Database, draft: Draft, *, now: dt.datetime, by: str, note: str) -> int:
    """Publish a draft; returns the revision's number, the current one when nothing changed.

    Raises Refusal when the draft has errors or another revision was published meanwhile.
    """
    if not draft.is_publishable:
        raise Refusal("The catalogue has errors and was not published. Correct the files first.")
    async with database.unit() as unit:
        current = await unit.knowledge.current_number()
        if current != draft.base:
            raise Refusal(
                f"Revision {current} was published while this one was prepared from {draft.base}. "
                "Run the import again."
            )
        number = await unit.knowledge.publish(draft.procedures, at=now, by=by, note=note)
        await unit.commit()
    return number


async def ensure_starter(database: Database, *, now: dt.datetime) -> bool:
    """Publish the shipped catalogue where nothing was ever published; tell whether it was."""
    async with database.unit() as unit:
        if await unit.knowledge.current_number() > 0:
            return False
        reading = read_shipped_catalogue()
        procedures = {procedure.code: procedure for procedure in reading.procedures}
        await unit.knowledge.publish(
            procedures, at=now, by="motcua", note="The starter catalogue shipped with motcua"
        )
        await unit.commit()
    return True


def _nothing_in(name: str) -> Problem:
    return Problem(
        rule="no-records",
        severity=Severity.ERROR,
        file=name,
        message="The file holds no procedure.",
        advice="Give a file with at least one, or leave it out.",
    )


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refusal(
            f"{path} cannot be read ({error.strerror}). Give the path of a file that you may read."
        ) from None
