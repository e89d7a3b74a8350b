"""The OpenAPI document is whole, and what it says is what a fuzzer finds on loopback."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

from bot.console.api.endpoints import ENDPOINTS
from bot.console.api.openapi import BASE, openapi, page
from db.engine import Database
from tests.bot.console.api import FULL, open_api

_SCHEMATHESIS = str(Path(sys.executable).parent / "schemathesis")
_SECONDS = 15
"""The whole run: 1,600 requests take about 20 seconds, and the first of each kind come first."""

_EXAMPLES = 10
"""Random requests of each endpoint, beside those that walk the edges of the schema."""

_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
)
"""Not: positive_data_acceptance (a date such as 31 February fits every schema and is refused) and
negative_data_rejection (a bad row of a batch is refused in its row, in an answer of 200)."""


async def test_a_fuzzer_finds_no_failure_and_no_answer_beside_the_document(
    sqlite_database: Database, tmp_path: Path
) -> None:
    async with open_api(sqlite_database, most=1_000_000) as api:
        await api.put(FULL)
        fuzzing = await asyncio.create_subprocess_exec(
            _SCHEMATHESIS,
            "run",
            str(api.client.make_url(f"{BASE}/openapi.json")),
            f"--header=Authorization: Bearer {api.token}",
            f"--checks={','.join(_CHECKS)}",
            f"--max-examples={_EXAMPLES}",
            f"--max-time={_SECONDS}",
            "--phases=examples,fuzzing,coverage",
            "--generation-deterministic",
            "--no-color",
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await fuzzing.communicate()
    assert fuzzing.returncode == 0, told.decode()
    counted = re.search(r"(\d+) generated", told.decode())
    assert counted, told.decode()
    assert int(counted[1]) > 100


async def test_the_document_and_the_page_are_served(sqlite_database: Database) -> None:
    async with open_api(sqlite_database) as api:
        for path, kind in (("/openapi.json", "application/json"), ("/docs", "text/html")):
            response = await api.client.get(BASE + path)
            assert (response.status, response.content_type) == (200, kind)
        response = await api.client.get(f"{BASE}/openapi.json")
        assert (await response.json())["openapi"] == "3.1.0"


def test_every_endpoint_says_what_can_come_back_and_who_may_ask() -> None:
    for endpoint in ENDPOINTS:
        operation = openapi()["paths"][endpoint.path][endpoint.method.lower()]
        assert operation["security"] == [{"token": [endpoint.scope.value]}]
        told = set(operation["responses"])
        assert told == {str(status) for status in (endpoint.status, *endpoint.refusals)}
        assert ("requestBody" in operation) == (endpoint.body is not None)


def test_every_reference_of_the_document_leads_somewhere() -> None:
    schemas = openapi()["components"]["schemas"]
    names = re.findall(r"#/components/schemas/([\w.-]+)", repr(openapi()))
    assert names
    assert set(names) <= set(schemas)


def test_what_is_sent_is_exact() -> None:
    def exact(schema: dict[str, Any]) -> bool:
        return schema.get("additionalProperties") is False

    schemas = openapi()["components"]["schemas"]
    assert exact(schemas["SentDossier"])
    assert exact(schemas["SentStatus"])
    assert exact(schemas["Owner"])


def test_the_page_lists_every_endpoint_and_runs_nothing() -> None:
    text = page()
    for endpoint in ENDPOINTS:
        assert f"{endpoint.method} {BASE}{endpoint.path}" in text
    assert "<script" not in text
    assert "http://" not in text
    assert "https://" not in text
    anchors = set(re.findall(r'id="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= anchors
