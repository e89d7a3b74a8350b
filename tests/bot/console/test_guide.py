"""What docs/api.md tells a developer to send is what the API takes."""

import json
import re
from pathlib import Path

from bot.console.api.endpoints import ENDPOINTS
from bot.console.api.problems import Refused
from db.engine import Database
from db.records import Scope
from tests.bot.console.api import open_api

_GUIDE = (Path(__file__).parents[3] / "docs" / "api.md").read_text("utf-8")
_BATCH, _ANSWER, _CHANGE = (
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", _GUIDE, re.DOTALL)
)


async def test_the_bodies_of_the_guide_are_taken_and_answered_as_it_says(
    sqlite_database: Database,
) -> None:
    async with open_api(sqlite_database) as api:
        assert await api.put(*_BATCH["dossiers"]) == _ANSWER
        code = _BATCH["dossiers"][0]["code"]
        response = await api.ask("POST", f"/dossiers/{code}/status", json=_CHANGE)
        assert await response.json() == {"code": code, "status": 5, "is_new": True}


def test_every_scope_and_every_refusal_stands_in_the_guide() -> None:
    assert all(scope.value in _GUIDE for scope in Scope)
    for status in {one for endpoint in ENDPOINTS for one in endpoint.refusals}:
        assert re.search(rf"^\|[^|]*\b{status}\b", _GUIDE, re.MULTILINE), status
        assert Refused(status).problem.advice
