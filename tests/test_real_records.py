"""The real records beside the checkout, where they are there: read, published, asked."""

import json
import time
import tomllib
from pathlib import Path

import pytest

from bot.asking import Asked, answer_all
from bot.library import Library
from bot.office import Office
from bot.publishing import draft_from_files, publish
from db.engine import Database
from knowledge.reading.sniff import read_catalogue_file
from tests.fakes.dossiers import NOW

IMPORT_SECONDS = 15.0
"""What reading, linting, comparing and publishing 3,037 records may take."""


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


async def test_the_portal_s_records_are_published_and_every_question_is_answered(
    shared_data: Path, sqlite_database: Database
) -> None:
    portal = shared_data / "procedures-portal.jsonl.gz"
    started = time.perf_counter()
    draft = await draft_from_files(sqlite_database, [portal], today=NOW.date())
    assert draft.is_publishable
    await publish(sqlite_database, draft, now=NOW, by="test", note="")
    assert time.perf_counter() - started < IMPORT_SECONDS
    assert len(draft.procedures) == 3037
    again = await draft_from_files(sqlite_database, [portal], today=NOW.date())
    assert (again.changes.new, again.changes.changed, again.changes.abolished) == ((), (), ())

    library = Library(sqlite_database, Office())
    await library.refresh()
    rows = _rows(shared_data / "questions-dev.jsonl")
    asked = [
        Asked(id=row["id"], question=row["question"], conversation=row.get("conversation"))
        for row in rows
    ]
    answers = [one async for one in answer_all(asked, sqlite_database, library, lambda: NOW)]
    assert [one.id for one in answers] == [one.id for one in asked]
    assert all(one.text.strip() for one in answers)


def test_every_list_of_the_portal_is_read_without_a_problem(shared_data: Path) -> None:
    files = sorted((shared_data / "portal-lists").glob("*.xlsx"))
    assert files
    for path in files:
        reading = read_catalogue_file(path.name, path.read_bytes())
        assert reading.is_usable, [str(problem) for problem in reading.problems[:3]]
        assert reading.procedures


@pytest.mark.parametrize("name", ["questions-dev.jsonl"])
def test_no_practice_question_is_in_the_starter_catalogue(shared_data: Path, name: str) -> None:
    catalogue = Path(__file__).parent.parent / "knowledge" / "catalogue"
    written = [tomllib.loads(path.read_text("utf-8")) for path in catalogue.glob("*.toml")]
    aliases = {alias.casefold() for one in written for alias in one["aliases"]}
    rows = _rows(shared_data / name)
    assert [row["id"] for row in rows if row["question"].casefold() in aliases] == []
