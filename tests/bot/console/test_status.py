"""Systems bring one status change: told once, in any order, with what came about with it."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest

from db.engine import Database
from db.records import Status
from tests.bot.console.api import CODE, FULL, OpenApi, open_api, sent

_AT = "2026-11-20T09:30:00+07:00"
_CHANGE: dict[str, Any] = {"at": _AT, "status": 4, "text": "Đang thẩm định"}


@pytest.fixture
async def api(database: Database) -> AsyncIterator[OpenApi]:
    async with open_api(database) as opened:
        await opened.put(sent())
        yield opened


async def _change(api: OpenApi, code: str = CODE, **body: object) -> tuple[int, dict[str, Any]]:
    response = await api.ask("POST", f"/dossiers/{code}/status", json=body)
    return response.status, await response.json()


async def test_a_change_joins_the_history_and_moves_the_status(api: OpenApi) -> None:
    office = {"name": "UBND xã Đăk Hà"}
    status, told = await _change(api, **_CHANGE, organisation=office)
    assert (status, told) == (200, {"code": CODE, "status": 4, "is_new": True})
    kept = await api.dossier()
    assert kept.status is Status.IN_PROGRESS
    assert kept.history[0].text == "Đang thẩm định"
    assert kept.history[0].organisation is not None
    assert kept.history[0].organisation.name == "UBND xã Đăk Hà"


@pytest.mark.parametrize("key", [None, "e7"])
async def test_the_same_event_is_told_once(api: OpenApi, key: str | None) -> None:
    request = {"requested_at": _AT, "items": ["Sổ hộ khẩu"]}
    body = {**_CHANGE, "status": 5, "event_key": key, "supplement": request}
    told = [(await _change(api, **body))[1]["is_new"] for _ in range(3)]
    assert told == [True, False, False]
    kept = await api.dossier()
    assert len(kept.history) == len(kept.supplements) == 1


async def test_changes_at_once_lose_nothing(api: OpenApi) -> None:
    def body(number: int) -> dict[str, Any]:
        request = {"requested_at": _AT, "items": [f"Giấy {number}"]}
        return {**_CHANGE, "status": 5, "event_key": f"e{number}", "supplement": request}

    await asyncio.gather(*(_change(api, **body(number)) for number in range(8)))
    kept = await api.dossier()
    assert len(kept.history) == 8
    assert len(kept.supplements) == 8


async def test_a_change_that_comes_late_does_not_turn_the_status_back(api: OpenApi) -> None:
    await _change(api, at="2026-11-20T15:00:00+07:00", status=9)
    _, told = await _change(api, **_CHANGE)
    assert told == {"code": CODE, "status": 9, "is_new": True}
    assert [one.status for one in await api.history()] == [Status.IN_PROGRESS, Status.DONE]


async def test_what_comes_with_a_change_is_added(api: OpenApi) -> None:
    await api.put(FULL)
    await _change(
        api,
        at=_AT,
        status=5,
        supplement={"requested_at": _AT, "items": ["Ảnh"]},
        extension={"decided_at": _AT, "new_due_at": "2026-12-01T17:00:00+07:00"},
    )
    kept = await api.dossier()
    assert [one.items for one in kept.supplements] == [("Giấy chứng sinh",), ("Ảnh",)]
    assert len(kept.extensions) == 2
    assert len(kept.legs) == 2
    assert len(kept.fees) == 1
    legs = [{"position": 1, "organisation": {"name": "UBND"}, "task": "Ký", "started_at": _AT}]
    await _change(api, at="2026-11-21T08:00:00Z", status=4, supplement_answered_at=_AT, legs=legs)
    kept = await api.dossier()
    assert all(one.answered_at == dt.datetime.fromisoformat(_AT) for one in kept.supplements)
    assert [leg.task for leg in kept.holders] == ["Ký"]


async def test_the_end_is_dated(api: OpenApi) -> None:
    await _change(api, at="2026-11-20T15:00:00+07:00", status=9, result={"name": "Giấy khai sinh"})
    await _change(api, at="2026-11-21T08:00:00+07:00", status=10)
    kept = await api.dossier()
    assert kept.finished_at == dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
    assert kept.returned_at == dt.datetime(2026, 11, 21, 1, tzinfo=dt.UTC)
    assert kept.result is not None
    assert kept.result.name == "Giấy khai sinh"


async def test_a_change_of_an_unknown_dossier_is_refused(api: OpenApi) -> None:
    for code in ("H48.14-261119-9999", "none", "%00", "a%2Fb", "%ED%A0%80", "x" * 65):
        status, told = await _change(api, code, **_CHANGE)
        assert status == 404
        assert told["advice"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"at": "2026-11-20T09:30:00"}, "at"),
        ({"status": 0}, "status"),
        ({"text": "a" * 4001}, "text"),
        ({"event_key": ""}, "event_key"),
        ({"note": "x"}, "note"),
    ],
)
async def test_a_wrong_field_is_named(api: OpenApi, change: dict[str, object], field: str) -> None:
    status, told = await _change(api, **{**_CHANGE, **change})
    assert status == 422
    assert [one["field"] for one in told["problems"]] == [field]
    assert await api.history() == ()
