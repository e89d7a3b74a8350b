"""The web application: routes, headers on everything, errors that a citizen can read."""

import datetime as dt
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from aiohttp import web

from bot.channels.base import Desk
from bot.channels.webchat.photo_post import PhotoPost
from bot.channels.webchat.receipt_page import ReceiptPage
from bot.channels.webchat.render import render_trouble
from bot.channels.webchat.routes import LARGEST_MESSAGE, Webchat
from bot.channels.webchat.session import PHOTOS_A_MINUTE, Limiter
from bot.console.api.openapi import BASE
from bot.console.api.problems import Refused, problem_response
from bot.door import Door
from bot.hooks import Hook, add_hooks
from bot.messages import Language
from bot.receipts.photo import PhotoReader
from bot.receipts.scanned import Scanned
from bot.wording.webchat import webchat_wording

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

DESK: web.AppKey[Desk] = web.AppKey("desk")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
"""On every response; one that sets its own Cache-Control keeps it."""

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipts:
    """What reads receipts: the references of their QR codes, and photos of them."""

    scanned: Scanned
    photos: PhotoReader
    telegram_bot: str = ""


def create_app(  # noqa: PLR0913 - what hangs in the application, each with its own name
    desk: Desk,
    *,
    clock: Callable[[], dt.datetime],
    behind_proxy: bool = False,
    receipts: Receipts | None = None,
    api: web.Application | None = None,
    door: Door | None = None,
    hooks: Sequence[Hook] = (),
) -> web.Application:
    """The application around a desk. `clock` gives aware moments.

    `receipts` None: their QR codes lead nowhere, and no photos are taken. `api`: the staff HTTP
    API, for systems that push. `hooks`: where platforms call, each update kept by the `door`.
    """
    app = web.Application(
        middlewares=[_log_access, _set_headers, _explain_errors, _refuse_encoded],
        client_max_size=LARGEST_MESSAGE,
    )
    app[DESK] = desk
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz)
    webchat = Webchat(
        desk=desk,
        clock=clock,
        limiter=Limiter(time.monotonic),
        behind_proxy=behind_proxy,
        takes_photos=receipts is not None,
    )
    webchat.add_routes(app)
    if receipts:
        page = ReceiptPage(
            webchat=webchat, scanned=receipts.scanned, telegram_bot=receipts.telegram_bot
        )
        page.add_routes(app)
        slower = Limiter(time.monotonic, PHOTOS_A_MINUTE)
        PhotoPost(webchat=webchat, photos=receipts.photos, limiter=slower).add_routes(app)
    if door:
        add_hooks(app, door, hooks)
    if api:
        app.add_subapp(BASE, api)
    return app


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response({"alive": True})


async def _readyz(request: web.Request) -> web.Response:
    ready = await request.app[DESK].is_ready()
    return web.json_response({"ready": ready}, status=200 if ready else 503)


@web.middleware
async def _log_access(request: web.Request, handler: Handler) -> web.StreamResponse:
    """One line per request: method, route template, status, time; never what was sent."""
    started = time.perf_counter()
    response = await handler(request)
    resource = request.match_info.route.resource
    _log.debug(
        "A request was answered.",
        action="request",
        method=request.method,
        route=resource.canonical if resource else "none",
        status=response.status,
        seconds=round(time.perf_counter() - started, 4),
    )
    return response


@web.middleware
async def _set_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


@web.middleware
async def _explain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A page in plain Vietnamese for people, a line of JSON for machines; never a stack trace."""
    say = webchat_wording(Language.VI)
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        texts = {
            403: say.refused_text,
            404: say.not_found_text,
            413: say.too_large_text,
            415: say.refused_text,
        }
        return _trouble(request, error.status, texts.get(error.status, say.refused_text))
    except Exception:  # noqa: BLE001 - the border of the web: logged, and answered in plain words
        reference = secrets.token_hex(4)
        _log.exception("A request failed.", action="request_failed", reference=reference)
        return _trouble(request, 500, say.error_text, reference)


@web.middleware
async def _refuse_encoded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No compressed bodies: nothing we expect needs them, and bombs do."""
    if "Content-Encoding" in request.headers:
        raise web.HTTPUnsupportedMediaType
    return await handler(request)


def _trouble(
    request: web.Request, status: int, text: str, reference: str | None = None
) -> web.Response:
    if request.path.startswith(BASE):
        return problem_response(Refused(status), reference or "")
    shown = reference or str(status)
    if "text/html" in request.headers.get("Accept", ""):
        page = render_trouble(text, shown)
        return web.Response(text=page, status=status, content_type="text/html")
    return web.json_response({"error": text, "reference": shown}, status=status)
