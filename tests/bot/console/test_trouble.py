"""When the database is away or something breaks, the sender is told so, and nothing more."""

import datetime as dt
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text

from bot.console.api.routes import create_api
from db.engine import Database
from tests.bot.console.api import CODE, OpenApi, open_api, sent
from tests.fakes.dossiers import NOW


@pytest.fixture
async def api(sqlite_database: Database) -> AsyncIterator[OpenApi]:
    async with open_api(sqlite_database) as opened:
        yield opened


async def _run(api: OpenApi, statement: str) -> None:
    async with api.database.engine.begin() as connection:
        await connection.execute(text(statement))


async def test_a_database_that_is_away_is_told_as_such(api: OpenApi) -> None:
    body = {"dossiers": [sent()]}
    await _run(api, "ALTER TABLE dossiers RENAME TO hidden")
    headers = {"Idempotency-Key": "k1"}
    response = await api.ask("PUT", "/dossiers", json=body, headers=headers)
    assert (response.status, response.content_type) == (503, "application/problem+json")
    await _run(api, "ALTER TABLE hidden RENAME TO dossiers")
    response = await api.ask("PUT", "/dossiers", json=body, headers=headers)
    assert response.status == 200
    assert (await api.dossier()).code == CODE


async def test_a_failure_of_ours_has_a_reference_and_no_trace(
    sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> dt.datetime:
        raise RuntimeError("the clock fell down")

    app = web.Application()
    app.add_subapp("/api/v1", create_api(sqlite_database, clock=broken))
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/api/v1/dossiers/x")
        told = await response.json()
    assert response.status == 500
    assert told["reference"] in "".join(capsys.readouterr())
    assert "clock" not in str(told)


async def test_tidying_forgets_ended_pairing_codes_and_old_answers(
    sqlite_database: Database,
) -> None:
    async with open_api(sqlite_database) as api:
        api.clock[0] = NOW - dt.timedelta(days=3)
        await api.put(sent(), key="old")
        await api.ask("POST", f"/dossiers/{CODE}/pairing")
        api.clock[0] = NOW
        await api.put(sent(), key="new")
        await api.desk.tidy(days=7)
        async with sqlite_database.engine.connect() as connection:
            keys = list(await connection.scalars(text("SELECT key FROM idempotency_keys")))
            codes = await connection.scalar(text("SELECT count(*) FROM pairing_codes"))
    assert (keys, codes) == (["new"], 0)
