"""e-par and OpenCPS v2 on a real MariaDB, by the mappings that ship: every status, every list."""

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from db.engine import Database
from db.proofs import Proofs
from db.records import Dossier, DossierFee, FiledBy, Organisation, ProofKind, Status
from db.sources.syncing import SyncReport, sync
from knowledge.model import Duration, DurationUnit
from tests.fakes.others import DAY, Others, code, shipped
from tests.fakes.tracking import (
    EPAR_SORTS,
    EPAR_TYPES,
    OPENCPS_STEPS,
    epar_rows,
    fill,
    opencps_rows,
)

NOW = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
_HOUR = dt.timedelta(hours=1)
_LOCAL = dt.timezone(7 * _HOUR)
_BEGUN = DAY.replace(tzinfo=_LOCAL)
_TOLD = {
    "handed over next": Status.RECEIVED,
    "in work": Status.IN_PROGRESS,
    "supplement": Status.SUPPLEMENT_REQUESTED,
    "tax": Status.PAYMENT_REQUESTED,
    "fee": Status.PAYMENT_REQUESTED,
    "ready": Status.DONE,
    "returned": Status.RETURNED,
    "refused": Status.STOPPED,
    "withdrawn": Status.WITHDRAWN,
}

Found = dict[str, tuple[Dossier, Proofs]]
Make = Callable[[str], Others]


async def _found(database: Database, count: int) -> Found:
    async with database.unit() as unit:
        codes = [code(number) for number in range(1, count + 1)]
        return await unit.dossiers.find(codes, NOW)


@pytest.fixture
async def epar(sqlite_database: Database, others: Make) -> dict[str, Dossier]:
    """One dossier of every kind, read from e-par."""
    source = others("epar")
    records = [epar_rows(number, sort) for number, sort in enumerate(EPAR_SORTS.values(), 1)]
    fill(source, [EPAR_TYPES, *records])
    report = await sync(sqlite_database, source.source(shipped("epar")), NOW)
    assert (report.trouble, report.unread) == ("", ())
    found = await _found(sqlite_database, len(EPAR_SORTS))
    return {
        name: found[code(number)][0]
        for number, name in enumerate(EPAR_SORTS, 1)
        if code(number) in found
    }


async def test_every_status_of_epar_is_read(epar: dict[str, Dossier]) -> None:
    assert {name: dossier.status for name, dossier in epar.items()} == _TOLD


async def test_a_dossier_of_epar_is_read_with_all_that_belongs_to_it(
    epar: dict[str, Dossier],
) -> None:
    dossier = epar["supplement"]
    assert dossier.procedure_code == "1.001193"
    assert dossier.procedure_name == "Đăng ký khai sinh"
    assert dossier.received_at == _BEGUN
    assert dossier.due_at == _BEGUN + 96 * _HOUR
    (request,) = dossier.supplements
    assert request.requested_at == _BEGUN + 5 * _HOUR
    assert request.answered_at is None
    (leg,) = dossier.legs
    assert (leg.organisation.name, leg.task) == ("Phòng Kinh tế", "chờ bổ sung giấy tờ")
    assert [change.status.value for change in dossier.history] == [2, 4, 5]
    assert epar["fee"].fees == (DossierFee(name="Phí, lệ phí", amount=150_000),)
    assert epar["refused"].reason == "Thiếu giấy"


async def test_what_epar_awaits_now_is_told_although_no_step_says_it(
    epar: dict[str, Dossier],
) -> None:
    for name in ("ready", "refused", "withdrawn", "fee", "tax"):
        assert epar[name].history[-1].status is _TOLD[name], name
    assert [change.status.value for change in epar["returned"].history] == [2, 4, 10]


_OPENCPS: list[tuple[tuple[str, ...], dict[str, object], Status]] = [
    (("new",), {"receiveDate": None}, Status.REGISTERED),
    (("new", "receiving"), {"receiveDate": None}, Status.REGISTERED),
    (("receiving",), {}, Status.RECEIVED),
    (("receiving", "processing"), {}, Status.IN_PROGRESS),
    (("receiving", "processing", "waiting"), {}, Status.SUPPLEMENT_REQUESTED),
    (("receiving", "processing", "correcting"), {}, Status.SUPPLEMENT_REQUESTED),
    (("receiving", "paying"), {}, Status.PAYMENT_REQUESTED),
    (("receiving", "processing", "releasing"), {"releaseDate": DAY + 9 * _HOUR}, Status.DONE),
    (("receiving", "posting"), {}, Status.DONE),
    (("receiving", "done"), {"finishDate": DAY + 9 * _HOUR}, Status.RETURNED),
    (("receiving", "cancelled"), {"cancellingDate": DAY + 9 * _HOUR}, Status.WITHDRAWN),
    (("receiving", "cancelled"), {}, Status.STOPPED),
    (("new", "denied"), {"receiveDate": None}, Status.REFUSED),
    (("receiving", "denied"), {}, Status.STOPPED),
    (("receiving", "unresolved"), {}, Status.STOPPED),
]


@pytest.fixture
async def opencps(sqlite_database: Database, others: Make) -> tuple[Others, SyncReport]:
    """One dossier of every kind, read from OpenCPS."""
    source = others("opencps2")
    rows = [opencps_rows(number, words, **more)
            for number, (words, more, _) in enumerate(_OPENCPS, 1)]  # fmt: skip
    linked = opencps_rows(50, ("receiving",), originDossierId=3)
    unnumbered = opencps_rows(51, ("new",), dossierNo="")
    fill(source, [OPENCPS_STEPS, *rows, linked, unnumbered])
    report = await sync(sqlite_database, source.source(shipped("opencps2")), NOW)
    assert (report.trouble, report.unread) == ("", ())
    return source, report


async def test_every_status_of_opencps_is_read_and_told_in_the_history(
    sqlite_database: Database, opencps: tuple[Others, SyncReport]
) -> None:
    found = await _found(sqlite_database, len(_OPENCPS))
    for number, (_, _, status) in enumerate(_OPENCPS, 1):
        dossier, _ = found[code(number)]
        assert dossier.status is status
        assert dossier.history[-1].status is status
    assert opencps[1].rows == len(_OPENCPS) + 2


async def test_a_dossier_of_opencps_is_read_with_all_that_belongs_to_it(
    sqlite_database: Database, opencps: tuple[Others, SyncReport]
) -> None:
    dossier, proofs = (await _found(sqlite_database, 7))[code(7)]
    agency = Organisation(code="H48.14", name="Công an xã Măng Đen")
    assert dossier.competent == agency
    assert dossier.filed_by is FiledBy.ONLINE
    assert dossier.duration == Duration(amount=5, unit=DurationUnit.WORKING_DAY)
    assert dossier.fees == (DossierFee(name="Lệ phí", amount=20_000),)
    assert [leg.task for leg in dossier.legs] == ["bước receiving", "bước paying"]
    assert [leg.ended_at for leg in dossier.legs] == [_BEGUN + _HOUR, None]
    assert [change.event_key for change in dossier.history] == ["700", "701"]
    assert "riêng" not in repr(dossier), "notes of officers are not read"
    assert proofs.matches(ProofKind.NUMBER_TAIL, "000007")
    assert proofs.matches(ProofKind.NUMBER_TAIL, "654321"), "who handed it in"
    assert not proofs.matches(ProofKind.RECEIPT_SECRET, "1234")


async def test_dossiers_of_a_group_lead_to_their_first(
    sqlite_database: Database, opencps: tuple[Others, SyncReport]
) -> None:
    found = await _found(sqlite_database, 50)
    assert found[code(50)][0].parent_code == code(3)
    assert found[code(3)][0].group[0].procedure_name == "Đăng ký thường trú"


async def test_a_change_in_opencps_keeps_the_row_and_adds_one_event(
    sqlite_database: Database, opencps: tuple[Others, SyncReport]
) -> None:
    source, _ = opencps
    before = (await _found(sqlite_database, 4))[code(4)][0]
    source.execute(
        "UPDATE opencps_dossier SET dossierStatus = 'releasing', modifiedDate = :at "
        "WHERE dossierId = 4", at=DAY + 50 * _HOUR,
    )  # fmt: skip
    step = {"dossierActionId": 499, "createDate": DAY + 50 * _HOUR, "dossierId": 4,
            "serviceProcessId": 1, "stepCode": "releasing", "stepName": "trả"}  # fmt: skip
    source.add("opencps_dossieraction", step)
    mapping = shipped("opencps2")
    report = await sync(sqlite_database, source.source(mapping), NOW + _HOUR)
    after = (await _found(sqlite_database, 4))[code(4)][0]
    assert report.changes == 1
    assert after.id == before.id
    assert after.history[:-1] == before.history
    assert after.history[-1].event_key == "499"
    assert dataclasses.replace(before, status=Status.DONE).status is after.status


async def test_a_word_that_the_mapping_does_not_list_is_told(
    sqlite_database: Database, opencps: tuple[Others, SyncReport]
) -> None:
    source, _ = opencps
    fill(source, [opencps_rows(60, ("interoperating",), modifiedDate=DAY + 90 * _HOUR)])
    report = await sync(sqlite_database, source.source(shipped("opencps2")), NOW + _HOUR)
    (unread,) = report.unread
    assert unread.key == "60"
    assert "dossierStatus 'interoperating'" in unread.reason
