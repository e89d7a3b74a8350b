"""From files to a revision: refused with a reason, published once, exported and read back."""

import datetime as dt
import json
from pathlib import Path

import pytest

from bot.errors import Refusal
from bot.publishing import Draft, draft_from_files, ensure_starter, publish
from db.engine import Database
from knowledge.writing.template import write_xlsx
from tests.fakes.dossiers import NOW
from tests.knowledge import procedures as known


def _portal(path: Path, *names: str) -> Path:
    lines = [
        json.dumps({"code": f"1.00000{number}", "name": name})
        for number, name in enumerate(names, 1)
    ]
    path.write_text("\n".join(lines), "utf-8")
    return path


async def _draft(database: Database, *files: Path, whole: bool = False) -> Draft:
    return await draft_from_files(database, files, today=NOW.date(), whole=whole)


async def _publish(database: Database, draft: Draft) -> int:
    return await publish(database, draft, now=NOW, by="quan", note="thử")


async def test_a_catalogue_is_published_and_the_same_again_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    file = _portal(tmp_path / "a.jsonl", "Khai sinh", "Khai tử")
    first = await _draft(database, file)
    assert first.changes.new == ("1.000001", "1.000002")
    assert await _publish(database, first) == 1
    again = await _draft(database, file)
    assert again.changes.unchanged == 2
    assert await _publish(database, again) == 1


async def test_a_file_with_an_error_changes_nothing(
    sqlite_database: Database, tmp_path: Path
) -> None:
    file = _portal(tmp_path / "a.jsonl", "Khai sinh", "")
    draft = await _draft(sqlite_database, file)
    assert not draft.is_publishable
    with pytest.raises(Refusal, match="not published"):
        await _publish(sqlite_database, draft)
    async with sqlite_database.unit() as unit:
        assert await unit.knowledge.current_number() == 0


async def test_a_publication_in_between_is_not_overwritten(
    sqlite_database: Database, tmp_path: Path
) -> None:
    mine = await _draft(sqlite_database, _portal(tmp_path / "a.jsonl", "Khai sinh"))
    theirs = await _draft(sqlite_database, _portal(tmp_path / "b.jsonl", "Khai tử"))
    await _publish(sqlite_database, theirs)
    with pytest.raises(Refusal, match="Run the import again"):
        await _publish(sqlite_database, mine)


async def test_a_whole_import_abolishes_what_it_lacks(
    sqlite_database: Database, tmp_path: Path
) -> None:
    both = _portal(tmp_path / "a.jsonl", "Khai sinh", "Khai tử")
    await _publish(sqlite_database, await _draft(sqlite_database, both))
    one = _portal(tmp_path / "b.jsonl", "Khai sinh")
    draft = await _draft(sqlite_database, one, whole=True)
    assert draft.changes.abolished == ("1.000002",)


async def test_a_file_without_records_is_an_error_and_abolishes_nothing(
    sqlite_database: Database, tmp_path: Path
) -> None:
    await ensure_starter(sqlite_database, now=NOW)
    for name, data in (("e.json", b"[]"), ("blank.xlsx", write_xlsx(()))):
        (tmp_path / name).write_bytes(data)
        draft = await _draft(sqlite_database, tmp_path / name, whole=True)
        assert not draft.is_publishable
        assert draft.problems[-1].rule == "no-records"


async def test_an_office_edits_its_catalogue_in_a_spreadsheet(
    sqlite_database: Database, tmp_path: Path
) -> None:
    sheet = tmp_path / "catalogue.xlsx"
    sheet.write_bytes(write_xlsx(known.ALL))
    draft = await _draft(sqlite_database, sheet)
    await _publish(sqlite_database, draft)
    async with sqlite_database.unit() as unit:
        revision = await unit.knowledge.load(1)
    stored = revision.procedures[known.BIRTH.code]
    assert (stored.papers, stored.questions) == (known.BIRTH.papers, known.BIRTH.questions)


async def test_a_file_that_is_not_there_is_named(sqlite_database: Database) -> None:
    with pytest.raises(Refusal, match=r"no-such-file\.jsonl cannot be read"):
        await _draft(sqlite_database, Path("no-such-file.jsonl"))


async def test_the_starter_catalogue_is_published_once(sqlite_database: Database) -> None:
    now = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    assert await ensure_starter(sqlite_database, now=now)
    assert not await ensure_starter(sqlite_database, now=now)
    async with sqlite_database.unit() as unit:
        assert len(await unit.knowledge.load(1)) >= 120
