"""The demonstration province: believable, complete, the same every time."""

from collections import Counter

from bot.demonstration import COUNT, SAMPLE, TODAY, fill, province
from db.dossier_codes import is_dossier_code
from db.engine import Database
from db.records import Status


def test_it_is_the_same_every_time() -> None:
    assert province() == province()


def test_it_holds_every_status_and_three_hundred_dossiers() -> None:
    counted = Counter(new.dossier.status for new in province())
    assert sum(counted.values()) == COUNT == 300
    assert set(counted) == set(Status)


def test_codes_are_real_and_different() -> None:
    codes = [new.dossier.code for new in province()]
    assert len(set(codes)) == COUNT
    assert all(is_dossier_code(code) for code in codes)


def test_the_sample_stands_first_and_opens_with_its_proofs() -> None:
    first = province()[0]
    assert first.dossier.code == SAMPLE.code
    assert first.owner_number.endswith(SAMPLE.tail)
    assert first.receipt_secret == SAMPLE.secret


def test_nothing_has_happened_after_today() -> None:
    for new in province():
        dossier = new.dossier
        assert all(change.at <= TODAY for change in dossier.history)
        times = [change.at for change in dossier.history]
        assert times == sorted(times)
        assert dossier.history[-1].status is dossier.status


def test_offices_hand_over_in_office_hours_and_as_the_history_says() -> None:
    for new in province():
        dossier = new.dossier
        moments = [leg.started_at for leg in dossier.legs if leg.started_at]
        assert moments == sorted(moments)
        assert all(moment.isoweekday() <= 5 and 7 <= moment.hour <= 17 for moment in moments)
        begun = [one.at for one in dossier.history if one.status is Status.IN_PROGRESS]
        if begun and len(dossier.legs) > 1:
            assert begun[0] == dossier.legs[1].started_at


async def test_it_replaces_imported_dossiers_of_the_same_codes(
    sqlite_database: Database,
) -> None:
    async with sqlite_database.unit() as unit:
        await unit.dossiers.add_many(province()[:1], origin="import")
        await unit.commit()
    await fill(sqlite_database)
    async with sqlite_database.unit() as unit:
        assert sum((await unit.dossiers.count_by_status()).values()) == COUNT


def test_each_status_brings_what_it_needs() -> None:
    for new in province():
        dossier = new.dossier
        match dossier.status:
            case Status.SUPPLEMENT_REQUESTED:
                assert dossier.supplements
                assert dossier.supplements[0].items
            case Status.PAYMENT_REQUESTED:
                assert any(fee.paid_at is None for fee in dossier.fees)
            case Status.DONE | Status.RETURNED:
                assert dossier.result
            case Status.REFUSED | Status.STOPPED | Status.WITHDRAWN:
                assert dossier.reason
            case Status.IN_PROGRESS | Status.RECEIVED:
                assert dossier.holders
            case Status.REGISTERED:
                assert dossier.received_at is None
