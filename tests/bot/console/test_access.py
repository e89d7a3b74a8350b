"""Who gets in, how bodies are bounded, and requests that are sent twice."""

import asyncio
import datetime as dt
import io
import json
from collections.abc import AsyncIterator, Iterable

import pytest

from bot.console.api.reading import LARGEST_BODY
from db.engine import Database
from db.records import Scope
from tests.bot.console.api import CODE, OpenApi, open_api, sent
from tests.fakes.dossiers import NOW

_PATHS = (
    ("PUT", "/dossiers", Scope.DOSSIERS_WRITE),
    ("POST", f"/dossiers/{CODE}/status", Scope.DOSSIERS_WRITE),
    ("POST", f"/dossiers/{CODE}/pairing", Scope.PAIRING_WRITE),
    ("GET", f"/dossiers/{CODE}", Scope.DOSSIERS_READ),
)
_JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def api(sqlite_database: Database) -> AsyncIterator[OpenApi]:
    async with open_api(sqlite_database) as opened:
        yield opened


@pytest.mark.parametrize(("method", "path", "scope"), _PATHS)
async def test_nobody_without_a_good_token_learns_anything(
    api: OpenApi, method: str, path: str, scope: Scope
) -> None:
    revoked = await api.make_token(scope)
    expired = await api.make_token(scope, expires_at=NOW)
    async with api.database.unit() as unit:
        found = await unit.tokens.find(revoked, NOW)
        assert found is not None
        await unit.tokens.revoke(found.id, NOW)
        await unit.commit()
    answers = set()
    for header in (
        "", "Bearer", "Bearer ", "Basic YTpi", f"Bearer {revoked}", f"Bearer {expired}",
        "Bearer motcua_" + "A" * 43, f"Token {api.token}", f"Bearer {api.token} x",
        "Bearer " + "é" * 20,
    ):  # fmt: skip
        response = await api.ask(method, path, headers={"Authorization": header}, data=b"{")
        kept = (response.status, response.headers["WWW-Authenticate"], await response.text())
        answers.add(kept)
    assert len(answers) == 1
    assert answers.pop()[0] == 401


@pytest.mark.parametrize(("method", "path", "scope"), _PATHS)
async def test_a_good_token_without_the_scope_is_told_which(
    api: OpenApi, method: str, path: str, scope: Scope
) -> None:
    api.token = await api.make_token(*(one for one in Scope if one is not scope))
    response = await api.ask(method, path, json={})
    assert response.status == 403
    assert scope.value in (await response.json())["detail"]


async def test_refusals_are_problems_in_english(api: OpenApi) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("DELETE", "/dossiers", 405),
        ("GET", "/dossiers/none", 404),
    ):
        response = await api.ask(method, path)
        told = await response.json()
        assert (response.status, response.content_type) == (status, "application/problem+json")
        assert told["detail"]
        assert told["advice"]
    assert (await api.ask("DELETE", "/dossiers")).headers["Allow"] == "PUT"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json; charset=utf-16"}, 415),
        ({**_JSON, "Content-Encoding": "gzip"}, 415),
        ({**_JSON, "Content-Encoding": "identity"}, 415),
    ],
)
async def test_only_plain_json_is_read(api: OpenApi, headers: dict[str, str], status: int) -> None:
    response = await api.ask("PUT", "/dossiers", data=b'{"dossiers": []}', headers=headers)
    assert response.status == status
    assert (await response.json())["advice"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"dossiers": NaN}', 400),
        (b'{"dossiers": "\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b'{"dossiers":' + b'[{"a":' * 5_000 + b"1" + b"}]" * 5_000 + b"}", 400),
        (b"9" * 100_000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"dossiers": []}', 422),
        (b'{"dossiers": [' + b"1," * 500 + b"1]}", 422),
        (b'{"dossiers": [1], "more": 1}', 422),
    ],
)
async def test_a_body_that_is_no_batch_is_refused(api: OpenApi, body: bytes, status: int) -> None:
    response = await api.ask("PUT", "/dossiers", data=body, headers=_JSON)
    assert response.status == status, await response.text()
    assert (await response.json())["title"]


async def test_a_body_of_more_than_two_mebibytes_is_refused(api: OpenApi) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(33):
            yield b" " * (LARGEST_BODY // 32)

    for body in (io.BytesIO(b" " * (LARGEST_BODY + 1)), endless()):
        response = await api.ask("PUT", "/dossiers", data=body, headers=_JSON)
        assert response.status == 413


async def test_a_full_batch_of_the_largest_size_is_read(api: OpenApi) -> None:
    rows = [sent(f"H48.14-261119-{number:04d}") for number in range(500)]
    told = await api.put(*rows)
    assert (told["accepted"], told["refused"]) == (500, 0)


async def test_a_token_that_asks_too_often_waits(sqlite_database: Database) -> None:
    async with open_api(sqlite_database, most=2) as api:
        first = [(await api.ask("GET", "/dossiers/x")).status for _ in range(3)]
        assert first == [404, 404, 429]
        response = await api.ask("GET", "/dossiers/x")
        assert response.headers["Retry-After"] == "60"
        other = await api.make_token(Scope.DOSSIERS_READ)
        headers = {"Authorization": f"Bearer {other}"}
        assert (await api.ask("GET", "/dossiers/x", headers=headers)).status == 404
        api.seconds[0] = 60.0
        assert (await api.ask("GET", "/dossiers/x")).status == 404


async def test_the_same_key_and_body_get_the_same_answer(api: OpenApi) -> None:
    first = await api.put(sent(), key="k1")
    assert first["results"][0]["outcome"] == "created"
    assert await api.put(sent(), key="k1") == first
    assert (await api.put(sent(), key="k2"))["results"][0]["outcome"] == "updated"
    api.clock[0] += dt.timedelta(days=2)
    assert (await api.put(sent(), key="k1"))["results"][0]["outcome"] == "updated"


async def test_the_same_key_with_another_body_is_refused(api: OpenApi) -> None:
    await api.put(sent(), key="k1")
    body = json.dumps({"dossiers": [sent(status=9)]}).encode()
    response = await api.ask(
        "PUT", "/dossiers", data=body, headers={**_JSON, "Idempotency-Key": "k1"}
    )
    assert response.status == 422
    assert "Idempotency-Key" in (await response.json())["detail"]
    assert (await api.dossier()).status == 2


async def test_the_same_key_under_another_address_is_another_request(api: OpenApi) -> None:
    change = {"at": "2026-11-20T09:30:00+07:00", "status": 4}
    await api.put(sent(), key="k1")
    response = await api.ask(
        "POST", f"/dossiers/{CODE}/status", json=change, headers={"Idempotency-Key": "k1"}
    )
    assert response.status == 422


async def test_a_refused_request_may_be_sent_again_with_its_key(api: OpenApi) -> None:
    change = {"at": "2026-11-20T09:30:00+07:00", "status": 4}
    statuses = []
    for _ in range(2):
        response = await api.ask(
            "POST", f"/dossiers/{CODE}/status", json=change, headers={"Idempotency-Key": "k1"}
        )
        statuses.append(response.status)
        await api.put(sent())
    assert statuses == [404, 200]


async def test_at_the_same_time_a_key_is_worked_on_once(api: OpenApi) -> None:
    body = {"dossiers": [sent(history=[{"at": "2026-11-20T09:30:00+07:00", "status": 4}])]}
    asked = (
        api.ask("PUT", "/dossiers", json=body, headers={"Idempotency-Key": "k1"}) for _ in range(16)
    )
    answers = [response.status for response in await asyncio.gather(*asked)]
    assert set(answers) <= {200, 409}
    assert answers.count(200) >= 1
    assert len(await api.history()) == 1


@pytest.mark.parametrize("key", ["", "a b", "é", "k" * 81])
async def test_a_key_of_another_form_is_refused(api: OpenApi, key: str) -> None:
    response = await api.ask(
        "PUT", "/dossiers", json={"dossiers": [sent()]}, headers={"Idempotency-Key": key}
    )
    assert response.status == 400


async def test_no_token_and_no_personal_data_are_logged(
    api: OpenApi, capsys: pytest.CaptureFixture[str]
) -> None:
    await api.put(sent(owner={"name": "Trần Canari", "phone": "0912345678"}), sent(status=99))
    await api.ask("GET", "/dossiers/x", headers={"Authorization": "Bearer motcua_canari"})
    logged = "".join(capsys.readouterr())
    assert "A system brought dossiers." in logged
    assert not _found(logged, (api.token, "canari", "Canari", "0912345678", CODE))


def _found(text: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word in text]
