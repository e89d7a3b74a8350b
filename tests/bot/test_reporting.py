"""The morning's lists and punctuality, over the demonstration province and the cast's dossiers."""

import dataclasses
import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.demonstration import province
from bot.office import Office
from bot.report_files import to_html
from bot.reporting import Report, make_report
from bot.timing import timekeeper_of
from db.engine import Database
from db.records import Dossier, Extension, NewDossier, Status, StatusChange, SupplementRequest
from knowledge.writing.cells import guarded
from tests.fakes.dossiers import DESK, LAND, NOW, TAX, lans_dossier

KEEPER = timekeeper_of(Office())


async def _report(database: Database, *dossiers: Dossier, office: str | None = None) -> Report:
    async with database.unit() as unit:
        await unit.dossiers.put_many([NewDossier(dossier=one) for one in dossiers], origin="t")
        await unit.commit()
    return await make_report(
        database,
        KEEPER,
        now=NOW,
        first=dt.date(2026, 11, 1),
        last=dt.date(2026, 11, 30),
        silent_days=3,
        office=office,
    )


def _like(code: str, **changes: object) -> Dossier:
    return dataclasses.replace(lans_dossier(), code=code, **changes)  # type: ignore[arg-type]


async def test_each_list_holds_what_belongs_on_it(database: Database) -> None:
    late = _like("H48.14-261110-0002", due_at=NOW - dt.timedelta(days=3))
    today = _like("H48.14-261110-0003", due_at=NOW + dt.timedelta(hours=6))
    waiting = dataclasses.replace(
        lans_dossier(Status.SUPPLEMENT_REQUESTED), code="H48.14-261110-0004"
    )
    made = await _report(database, late, today, waiting)
    assert [(one.code, one.days_over) for one in made.overdue] == [(late.code, 3)]
    assert [one.code for one in made.due_today] == [today.code]
    assert [one.code for one in made.waiting] == [waiting.code]
    assert {one.code for one in made.silent} == {late.code, today.code}
    assert made.overdue[0].office == TAX.name


async def test_a_second_request_with_new_papers_is_flagged(database: Database) -> None:
    first = SupplementRequest(requested_at=NOW, items=("Sổ",), answered_at=NOW)
    same = _like("H48.14-261110-0002", supplements=(first, first))
    more = dataclasses.replace(first, items=("Sổ", "Bản vẽ"))
    other = _like("H48.14-261110-0003", supplements=(first, more))
    assert other.asked_again == ("Bản vẽ",)
    made = await _report(database, same, other)
    assert [one.code for one in made.asked_again] == [other.code]


async def test_punctuality_counts_what_was_finished_in_time(database: Database) -> None:
    done = {"status": Status.DONE, "field": "Đất đai"}
    received = NOW - dt.timedelta(days=9)
    late = {"received_at": received, "due_at": NOW - dt.timedelta(days=2), "finished_at": NOW}
    later = Extension(decided_at=NOW - dt.timedelta(days=3), new_due_at=NOW + dt.timedelta(days=1))
    made = await _report(
        database,
        _like("H48.14-261110-0002", finished_at=NOW, **done),
        _like("H48.14-261110-0003", **done, **late),
        _like("H48.14-261110-0004", **done, **late, extensions=(later,)),
        _like("H48.14-261110-0005", finished_at=NOW, **done | {"duration": None, "due_at": None}),
    )
    (land,) = made.by_agency
    assert (land.name, land.finished, land.in_time, land.unknown) == (LAND.name, 4, 2, 1)
    assert land.rate == pytest.approx(2 / 3)
    assert [one.name for one in made.by_field] == ["Đất đai"]


async def test_an_office_sees_what_it_holds(database: Database) -> None:
    late = _like("H48.14-261110-0002", due_at=NOW - dt.timedelta(days=3))
    assert (await _report(database, late, office=TAX.code)).overdue
    assert not (await _report(database, late, office=DESK.code)).overdue


async def test_each_officer_s_dossiers_are_counted(database: Database) -> None:
    hoa = dataclasses.replace(lans_dossier().legs[1], officer="Hoa")
    late = _like("H48.14-261110-0002", due_at=NOW - dt.timedelta(days=3), legs=(hoa,))
    waiting = dataclasses.replace(
        lans_dossier(Status.SUPPLEMENT_REQUESTED), code="H48.14-261110-0004", legs=(hoa,)
    )
    made = await _report(database, late, waiting, _like("H48.14-261110-0005"))
    first, second = made.by_officer
    assert (first.office, first.officer) == (TAX.name, "Hoa")
    assert (first.due_today, first.overdue, first.silent, first.waiting) == (0, 1, 1, 1)
    assert (second.officer, second.overdue, second.silent) == ("", 0, 1)


async def test_the_page_has_every_table_a_bar_for_each_agency_and_no_markup_of_others(
    database: Database,
) -> None:
    done = _like("H48.14-261110-0002", status=Status.DONE, finished_at=NOW, field="<b>Đất</b>")
    late = _like("H48.14-261110-0003", due_at=NOW - dt.timedelta(days=3), officer="<i>Hoa</i>")
    page = to_html(await _report(database, done, late))
    assert "&lt;b&gt;Đất&lt;/b&gt;" in page
    assert "<i>Hoa" not in page
    assert page.count("<rect") == 4  # ground and bar of one agency and of one field
    assert "100,0 %" in page
    assert "Nguyễn" not in page
    assert "<script" not in page


async def test_the_province_has_every_list_and_no_owner(database: Database) -> None:
    made = await _report(database, *(one.dossier for one in province()))
    assert made.overdue
    assert made.silent
    assert made.waiting
    assert made.by_agency
    names = {one.dossier.owner_name for one in province()}
    assert not any(name in repr(made) for name in names)


def test_the_report_is_written_as_csv_and_as_a_workbook_with_a_chart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_DATA", str(tmp_path))
    runner = CliRunner()
    assert runner.invoke(app, ["demo"]).exit_code == 0
    shown = runner.invoke(app, ["report", "--from", "2026-10-01"])
    assert "Quá hẹn" in shown.output
    csv, book = tmp_path / "r.csv", tmp_path / "r.xlsx"
    for file in (csv, book, tmp_path / "r.html"):
        done = runner.invoke(app, ["report", "--from", "2026-10-01", "--to", str(file)])
        assert done.exit_code == 0, done.output
    assert "Đúng hẹn theo lĩnh vực" in csv.read_text("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(book.read_bytes())) as parts:
        assert any("charts/chart" in name for name in parts.namelist())
    wrong = runner.invoke(app, ["report", "--to", str(tmp_path / "r.pdf")])
    assert wrong.exit_code == 1
    turned = runner.invoke(app, ["report", "--from", "2026-12-01", "--until", "2026-11-01"])
    assert turned.exit_code == 1


def test_no_cell_begins_as_a_formula() -> None:
    assert guarded("=1+1") == "'=1+1"
    assert guarded("Đất đai") == "Đất đai"


def test_the_moment_of_the_last_event_counts_as_movement() -> None:
    change = StatusChange(at=NOW + dt.timedelta(days=1), status=Status.IN_PROGRESS)
    moved = dataclasses.replace(lans_dossier(), history=(change,))
    assert moved.moved_at == change.at
