"""Systems bring dossiers: kept or refused one by one; nothing that hangs on one is lost."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

from db.engine import Database
from db.pairings import LIFETIME
from db.records import ProofKind, Status
from tests.bot.console.api import CODE, FULL, OTHER, OpenApi, open_api, sent
from tests.fakes.dossiers import NOW

_EVENT = {"at": "2026-11-20T09:30:00+07:00", "status": 9, "event_key": "e9"}


@pytest.fixture
async def api(database: Database) -> AsyncIterator[OpenApi]:
    async with open_api(database) as opened:
        yield opened


async def test_a_new_dossier_is_created_and_then_updated(api: OpenApi) -> None:
    first = await api.put(sent())
    assert first == {
        "accepted": 1,
        "refused": 0,
        "results": [
            {"index": 0, "code": CODE, "outcome": "created", "new_changes": 0, "problems": []}
        ],
    }
    again = await api.put(sent(status=9, history=[_EVENT]))
    assert again["results"][0]["outcome"] == "updated"
    assert again["results"][0]["new_changes"] == 1
    assert (await api.dossier()).status is Status.DONE


async def test_everything_that_is_sent_is_kept_and_shown(api: OpenApi) -> None:
    await api.put(FULL)
    shown = await (await api.ask("GET", f"/dossiers/{CODE}")).json()
    moments = ("submitted_at", "received_at", "due_at")
    for name in moments:
        assert dt.datetime.fromisoformat(shown[name]) == dt.datetime.fromisoformat(FULL[name])
    for name in ("procedure_name", "procedure_code", "status", "filed_by", "field", "officer"):
        assert shown[name] == FULL[name]
    assert shown["owner_name"] == "Nguyễn Thị Lan"
    assert shown["receiving"]["phone"] == "02600000000"
    assert [leg["task"] for leg in shown["legs"]] == ["Tiếp nhận", "Ký"]
    assert shown["legs"][0]["allowed"]["amount"] == 0.5
    assert [one["event_key"] for one in shown["history"]] == ["e1", "e2"]
    assert shown["supplements"][0]["items"] == ["Giấy chứng sinh"]
    assert shown["fees"][0]["amount"] == 8000
    assert shown["extensions"][0]["letter"] == "12/XL"
    assert shown["result"]["bring"] == "Giấy hẹn"
    assert "0900" not in str(shown)
    assert "062123" not in str(shown)


async def test_the_same_again_changes_nothing(api: OpenApi) -> None:
    await api.put(FULL)
    first = await api.dossier()
    assert (await api.put(FULL))["results"][0]["new_changes"] == 0
    assert await api.dossier() == first


async def test_one_bad_row_does_not_stop_the_others(api: OpenApi) -> None:
    bad: list[Any] = [sent(status=11), {**sent(), "clour": "red"}, "no object", None, []]
    told = await api.put(sent(), *bad, sent(OTHER))
    assert (told["accepted"], told["refused"]) == (2, 5)
    assert [one["outcome"] for one in told["results"]][::6] == ["created", "created"]
    problems = [one["problems"][0] for one in told["results"][1:6]]
    assert problems[0]["field"] == "status"
    assert problems[1] == {"field": "clour", "message": "There is no such field; take it out."}
    assert (await api.dossier(OTHER)).code == OTHER


async def test_a_code_that_comes_twice_in_a_batch_is_kept_once(api: OpenApi) -> None:
    told = await api.put(sent(), sent(status=4))
    assert [one["outcome"] for one in told["results"]] == ["created", "refused"]
    assert (await api.dossier()).status is Status.RECEIVED


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"received_at": "2026-11-19T08:00:00"}, "received_at"),
        ({"received_at": "2026-11-19"}, "received_at"),
        ({"received_at": 1_790_000_000}, "received_at"),
        ({"received_at": "1790000000"}, "received_at"),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, "received_at"),
        ({"received_at": "9999-12-31T23:59:59-12:00"}, "received_at"),
        ({"received_at": "2026-02-30T08:00:00+07:00"}, "received_at"),
        ({"received_at": "2026-11-19T08:00:00+99:00"}, "received_at"),
        ({"status": "4"}, "status"),
        ({"status": True}, "status"),
        ({"status": 4.5}, "status"),
        ({"code": "H48"}, "code"),
        ({"code": "h48.14-261119-0101"}, "code"),
        ({"procedure_name": "  "}, "procedure_name"),
        ({"procedure_name": "a\x00b"}, "procedure_name"),
        ({"procedure_name": "a\x1b[31mb"}, "procedure_name"),
        ({"procedure_name": "a" * 401}, "procedure_name"),
        ({"procedure_code": "1" * 21}, "procedure_code"),
        ({"owner": {"name": "Lan", "number": "123"}}, "owner.number"),
        ({"owner": {"name": "Lan", "number": "٠" * 12}}, "owner.number"),
        ({"owner": {"name": "Lan", "receipt_secret": "mang2den"}}, "owner.receipt_secret"),
        ({"owner": {"name": "Lan", "phone": "call me"}}, "owner.phone"),
        ({"owner": {"name": "Lan", "born": "1990"}}, "owner.born"),
        ({"fees": [{"name": "Phí", "amount": -1}]}, "fees.0.amount"),
        ({"fees": [{"name": "Phí", "amount": 10**20}]}, "fees.0.amount"),
        ({"duration": {"amount": 3, "unit": "moon"}}, "duration.unit"),
        ({"supplements": [{"requested_at": "2026-11-19T08:00:00Z", "items": []}]},
         "supplements.0.items"),
        ({"legs": [{"position": 1, "organisation": {"name": "A"}, "task": ""}] * 2}, ""),
        ({"history": [_EVENT, _EVENT]}, ""),
        ({"id": 1}, "id"),
        ({"revision": 1}, "revision"),
    ],
)  # fmt: skip
async def test_a_wrong_field_is_named_and_nothing_is_kept(
    api: OpenApi, change: dict[str, object], field: str
) -> None:
    (row,) = (await api.put({**sent(), **change}))["results"]
    assert row["outcome"] == "refused"
    assert row["problems"][0]["field"] == field
    assert row["problems"][0]["message"]
    response = await api.ask("GET", f"/dossiers/{CODE}")
    assert response.status == 404


async def test_a_refusal_repeats_no_value(api: OpenApi) -> None:
    secret = "Nguyễn Thị Bí Mật"
    told = await api.put(
        sent(owner={"name": secret * 40, "number": "0621234567", "phone": secret}),
        sent(received_at=secret, status=secret, fees=secret),
    )
    assert told["refused"] == 2
    assert "Mật" not in str(told)
    assert "0621234567" not in str(told)


async def test_what_is_left_out_is_emptied_but_proofs_helpers_and_history_stay(
    api: OpenApi,
) -> None:
    await api.put(FULL)
    await api.put(sent())
    kept = await api.dossier()
    assert (kept.legs, kept.fees, kept.result, kept.due_at) == ((), (), None, None)
    assert [one.event_key for one in kept.history] == ["e1", "e2"]
    async with api.database.unit() as unit:
        _, proofs = (await unit.dossiers.find([CODE], NOW))[CODE]
    assert proofs.matches(ProofKind.NUMBER_TAIL, "456789")
    assert proofs.matches(ProofKind.NUMBER_TAIL, "654321")
    assert proofs.matches(ProofKind.RECEIPT_SECRET, "MANG2DEN")


async def test_a_pairing_code_outlives_an_update(api: OpenApi) -> None:
    await api.put(sent())
    response = await api.ask("POST", f"/dossiers/{CODE}/pairing")
    assert response.status == 201
    made = await response.json()
    assert dt.datetime.fromisoformat(made["expires_at"]) == NOW + LIFETIME
    await api.put(sent(status=4))
    async with api.database.unit() as unit:
        assert await unit.pairings.take(made["pairing_code"], code=CODE, now=NOW)


async def test_sixty_four_take_a_pairing_code_and_one_has_it(api: OpenApi) -> None:
    await api.put(sent())
    made = await (await api.ask("POST", f"/dossiers/{CODE}/pairing")).json()

    async def take() -> bool:
        async with api.database.unit() as unit:
            taken = await unit.pairings.take(made["pairing_code"], code=CODE, now=NOW)
            await unit.commit()
        return taken

    assert sum(await asyncio.gather(*(take() for _ in range(64)))) == 1


async def test_an_office_keeps_what_is_known_of_it(api: OpenApi) -> None:
    await api.put(FULL)
    await api.put(sent(OTHER, receiving={"name": "Một cửa Đăk Hà (mới)", "code": "H48.14"}))
    office = (await api.dossier(OTHER)).receiving
    assert office is not None
    assert (office.name, office.phone) == ("Một cửa Đăk Hà (mới)", "02600000000")


@pytest.mark.parametrize(
    "payload",
    [
        '=HYPERLINK("http://x","y")',
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "{{ 7*7 }}{% raw %}${7*7}",
        "'; DROP TABLE dossiers; --",
        "%00%0d%0aSet-Cookie: a=b",
        "\u202egnp.exe \u200b\ufeff",
        "a\nb\tc",
    ],
)  # fmt: skip
async def test_hostile_text_survives_unharmed_and_does_nothing(api: OpenApi, payload: str) -> None:
    event = {**_EVENT, "text": payload}
    told = await api.put(
        sent(procedure_name=payload, owner={"name": payload}, reason=payload, history=[event])
    )
    assert told["accepted"] == 1
    response = await api.ask("GET", f"/dossiers/{CODE}")
    assert response.content_type == "application/json"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    shown = await response.json()
    assert shown["procedure_name"] == shown["owner_name"] == shown["reason"] == payload
    assert shown["history"][0]["text"] == payload


async def test_two_systems_that_bring_the_same_at_once_both_succeed(api: OpenApi) -> None:
    told = await asyncio.gather(
        *(api.put(sent(receiving={"name": "Một cửa", "code": "X1"}, history=[_EVENT]))
          for _ in range(8))
    )  # fmt: skip
    assert [one["refused"] for one in told] == [0] * 8
    assert sum(one["results"][0]["new_changes"] for one in told) == 1
    assert len(await api.history()) == 1
