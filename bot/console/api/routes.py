"""The API's handlers and the aiohttp application that holds them."""

import datetime as dt
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import web

from bot.console.api.access import RateLimit, admit
from bot.console.api.endpoints import ENDPOINTS, Endpoint
from bot.console.api.models import SentStatus
from bot.console.api.once import Once
from bot.console.api.openapi import openapi, page
from bot.console.api.problems import Refused, problem_response
from bot.console.api.reading import read_body, read_one, read_rows
from bot.console.api.writing import change_status, make_pairing, put_dossiers, show
from db.engine import Database, DatabaseTrouble
from db.records import ApiToken

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_CODE = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,64}")
"""What can be a dossier's code at all: both databases can be asked for it."""

_log = structlog.get_logger()


def create_api(
    database: Database, *, clock: Callable[[], dt.datetime], limit: RateLimit | None = None
) -> web.Application:
    """The application, to be mounted at `openapi.BASE`. `clock` gives aware moments."""
    app = web.Application(middlewares=[_explain])
    api = Api(database=database, clock=clock, limit=limit or RateLimit(time.monotonic))
    for endpoint in ENDPOINTS:
        handler = getattr(api, endpoint.name)
        app.router.add_route(endpoint.method, endpoint.path, _guarded(api, endpoint, handler))
    app.router.add_get("/openapi.json", _openapi, allow_head=False)
    app.router.add_get("/docs", _docs, allow_head=False)
    return app


@dataclass(frozen=True, kw_only=True)
class Api:
    """The handlers, with what they need; each bears the name of its endpoint."""

    database: Database
    clock: Callable[[], dt.datetime]
    limit: RateLimit

    async def put_dossiers(self, request: web.Request, token: ApiToken) -> str:
        body = await read_body(request)
        rows = await read_rows(body)

        async def work() -> str:
            result = await put_dossiers(self.database, rows)
            _log.info(
                "A system brought dossiers.",
                action="api_dossiers",
                token=token.id,
                accepted=result.accepted,
                refused=result.refused,
            )
            return result.model_dump_json()

        return await self._once(request, token, body, work)

    async def change_status(self, request: web.Request, token: ApiToken) -> str:
        body = await read_body(request)
        sent = await read_one(body, SentStatus)

        async def work() -> str:
            return (await change_status(self.database, _code(request), sent)).model_dump_json()

        return await self._once(request, token, body, work)

    async def make_pairing(self, request: web.Request, token: ApiToken) -> str:
        made = await make_pairing(
            self.database, _code(request), made_by=token.name, now=self.clock()
        )
        return made.model_dump_json()

    async def show_dossier(self, request: web.Request, _token: ApiToken) -> str:
        return (await show(self.database, _code(request))).model_dump_json()

    async def _once(
        self,
        request: web.Request,
        token: ApiToken,
        body: bytes,
        work: Callable[[], Awaitable[str]],
    ) -> str:
        once = Once(database=self.database, clock=self.clock)
        return await once.answer(request, token.id, body, work)


def _guarded(
    api: Api, endpoint: Endpoint, answer: Callable[[web.Request, ApiToken], Awaitable[str]]
) -> Handler:
    """A handler that is reached with a good token of the endpoint's scope alone."""

    async def handle(request: web.Request) -> web.Response:
        token = await admit(
            request.headers.get("Authorization", ""),
            endpoint.scope,
            database=api.database,
            limit=api.limit,
            now=api.clock(),
        )
        text = await answer(request, token)
        return web.Response(text=text, status=endpoint.status, content_type="application/json")

    return handle


def _code(request: web.Request) -> str:
    code = request.match_info["code"]
    if not _CODE.fullmatch(code):
        raise Refused(404)
    return code


async def _openapi(_request: web.Request) -> web.Response:
    return web.json_response(openapi())


async def _docs(_request: web.Request) -> web.Response:
    return web.Response(text=page(), content_type="text/html")


@web.middleware
async def _explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal and every failure as problem+json; never a stack trace."""
    try:
        return await handler(request)
    except Refused as refused:
        return problem_response(refused)
    except web.HTTPException as error:
        allowed = error.headers.get("Allow")
        return problem_response(
            Refused(error.status, headers={"Allow": allowed} if allowed else None)
        )
    except DatabaseTrouble:
        _log.warning("The database is away: a request was refused.", action="api_database_away")
        return problem_response(Refused(503))
    except Exception:  # noqa: BLE001 - the border of the web: logged, and answered
        reference = secrets.token_hex(4)
        _log.exception("A request failed.", action="request_failed", reference=reference)
        return problem_response(Refused(500), reference)
