"""From the bytes of a request to what it says: bounded, in a thread, refused with reasons."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from bot.console.api.answers import FieldProblem
from bot.console.api.models import Envelope, SentDossier
from bot.console.api.problems import Refused, field_problems

LARGEST_BODY = 2 * 1024 * 1024

_BODY_SECONDS = 30.0
"""How long a body may take to arrive."""

_LONGEST_CODE = 64

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One dossier of a batch: fit to be kept, or with what is wrong. `code` as far as it is one."""

    code: str | None
    sent: SentDossier | None = None
    problems: tuple[FieldProblem, ...] = ()


async def read_body(request: web.Request) -> bytes:
    """The body, if it is JSON by its headers and not too large. Raises Refused."""
    if request.content_type != "application/json":
        raise Refused(415)
    if (request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise Refused(415)
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise Refused(413, f"The body is larger than {LARGEST_BODY >> 20} MiB.")
    except TimeoutError:
        raise Refused(408) from None
    return bytes(body)


async def read_one(body: bytes, model: type[_Model]) -> _Model:
    """The one thing that a body says. Raises Refused."""
    return await asyncio.to_thread(_read_one, body, model)


async def read_rows(body: bytes) -> list[Row]:
    """The dossiers of a batch, each judged by itself. Raises Refused where there is no batch."""
    return await asyncio.to_thread(_read_rows, body)


def _read_one(body: bytes, model: type[_Model]) -> _Model:
    try:
        return model.model_validate_json(to_json(_read_json(body)))
    except ValidationError as error:
        raise Refused(422, problems=field_problems(error)) from None


def _read_rows(body: bytes) -> list[Row]:
    envelope = _read_one(body, Envelope)
    rows: list[Row] = []
    places: dict[str, int] = {}
    for index, told in enumerate(envelope.dossiers):
        row = _read_row(told)
        if row.sent and row.sent.code in places:
            problem = FieldProblem(
                field="code",
                message=f"It stands at {places[row.sent.code]} already; send it once.",
            )
            row = Row(code=row.code, problems=(problem,))
        elif row.sent:
            places[row.sent.code] = index
        rows.append(row)
    return rows


def _read_row(told: Any) -> Row:
    code = told.get("code") if isinstance(told, Mapping) else None
    shown = code if isinstance(code, str) and len(code) <= _LONGEST_CODE else None
    try:
        return Row(code=shown, sent=SentDossier.model_validate_json(to_json(told)))
    except ValidationError as error:
        return Row(code=shown, problems=field_problems(error))


def _read_json(body: bytes) -> Any:
    try:
        return from_json(body, allow_inf_nan=False, cache_strings="none")
    except ValueError as error:
        # The parser names line and column, and what it expected there; never what it found.
        raise Refused(400, f"The body is no JSON: {error}.") from None
