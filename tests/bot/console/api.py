"""The API over a real database and a loopback server, and a system that pushes to it."""

import datetime as dt
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from bot.app import create_app
from bot.console.api.access import RateLimit
from bot.console.api.openapi import BASE
from bot.console.api.routes import create_api
from bot.intake import FrontDesk
from db.engine import Database
from db.records import Dossier, Scope, StatusChange
from tests.bot.desk import open_desk
from tests.fakes.dossiers import NOW

CODE = "H48.14-261119-0101"
OTHER = "H48.14-261119-0102"


@dataclass
class OpenApi:
    """The served API, what it stands on, its clocks, and a token."""

    database: Database
    client: TestClient[Any, Any]
    desk: FrontDesk
    token: str = ""
    clock: list[dt.datetime] = field(default_factory=lambda: [NOW])
    seconds: list[float] = field(default_factory=lambda: [0.0])

    async def make_token(self, *scopes: Scope, expires_at: dt.datetime | None = None) -> str:
        async with self.database.unit() as unit:
            token = await unit.tokens.make("Đăk Hà", scopes=scopes, now=NOW, expires_at=expires_at)
            await unit.commit()
        return token

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> ClientResponse:
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return await self.client.request(method, BASE + path, headers=sent, **options)

    async def put(self, *dossiers: object, key: str | None = None) -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        response = await self.ask(
            "PUT", "/dossiers", json={"dossiers": list(dossiers)}, headers=headers
        )
        assert response.status == 200, await response.text()
        told: dict[str, Any] = await response.json()
        return told

    async def dossier(self, code: str = CODE) -> Dossier:
        async with self.database.unit() as unit:
            found = await unit.dossiers.find([code])
        return found[code][0]

    async def history(self, code: str = CODE) -> tuple[StatusChange, ...]:
        return (await self.dossier(code)).history


@asynccontextmanager
async def open_api(
    database: Database, *, scopes: Collection[Scope] = tuple(Scope), most: int = 10_000
) -> AsyncIterator[OpenApi]:
    """Serve the whole application, with a token for `scopes`."""
    async with open_desk(database) as desk:
        clock, seconds = [NOW], [0.0]
        api = create_api(
            database, clock=lambda: clock[0], limit=RateLimit(lambda: seconds[0], most)
        )
        app = create_app(desk.desk, clock=lambda: clock[0], api=api)
        async with TestClient(TestServer(app)) as client:
            opened = OpenApi(
                database=database, client=client, desk=desk.desk, clock=clock, seconds=seconds
            )
            opened.token = await opened.make_token(*scopes)
            yield opened


def sent(code: str = CODE, **changed: object) -> dict[str, Any]:
    """A dossier as a system sends it, with its least."""
    return {
        "code": code,
        "procedure_name": "Đăng ký khai sinh",
        "status": 2,
        "owner": {"name": "Nguyễn Thị Lan"},
        **changed,
    }


FULL = sent(
    procedure_code="1.001193",
    status=4,
    owner={
        "name": "Nguyễn Thị Lan",
        "phone": "0900 000 001",
        "number": "062123456789",
        "receipt_secret": "MANG2DEN",
    },
    filed_by="online",
    submitted_at="2026-11-19T07:30:00+07:00",
    received_at="2026-11-19T08:00:00+07:00",
    due_at="2026-11-25T17:00:00+07:00",
    receiving={"name": "Một cửa xã Đăk Hà", "code": "H48.14", "phone": "02600000000"},
    competent={"name": "UBND xã Đăk Hà"},
    legs=[
        {
            "position": 1,
            "organisation": {"name": "Một cửa xã Đăk Hà", "code": "H48.14"},
            "task": "Tiếp nhận",
            "started_at": "2026-11-19T08:00:00+07:00",
            "ended_at": "2026-11-19T09:00:00Z",
            "allowed": {"amount": 0.5, "unit": "working_day"},
        },
        {"position": 2, "organisation": {"name": "UBND xã Đăk Hà"}, "task": "Ký"},
    ],
    history=[
        {
            "at": "2026-11-19T08:00:00+07:00",
            "status": 2,
            "organisation": {"name": "Một cửa xã Đăk Hà", "code": "H48.14"},
            "event_key": "e1",
        },
        {"at": "2026-11-19T09:00:00Z", "status": 4, "text": "Đã chuyển", "event_key": "e2"},
    ],
    supplements=[
        {
            "requested_at": "2026-11-19T10:00:00+07:00",
            "items": ["Giấy chứng sinh"],
            "respond_by": "2026-11-26",
            "author": "Hoa",
        }
    ],
    fees=[{"name": "Lệ phí", "amount": 8000, "due_on": "2026-11-25"}],
    extensions=[
        {
            "decided_at": "2026-11-24T08:00:00+07:00",
            "new_due_at": "2026-11-27T17:00:00+07:00",
            "reason": "Lũ",
            "letter": "12/XL",
        }
    ],
    result={"name": "Giấy khai sinh", "bring": "Giấy hẹn"},
    duration={"amount": 3, "unit": "working_day"},
    field="Hộ tịch",
    officer="Hoa",
    helpers=[{"name": "Minh", "number": "062123654321", "until": "2026-12-31T00:00:00+07:00"}],
)
"""A dossier with everything that can be sent."""
