"""The API's OpenAPI 3.1 document and its plain page, both made from the table of endpoints."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.console.api.answers import Problem
from bot.console.api.endpoints import ENDPOINTS, Endpoint
from bot.console.api.problems import MEDIA_TYPE, Refused

BASE = "/api/v1"

_Mode = Literal["validation", "serialization"]

_CODE = {
    "name": "code",
    "in": "path",
    "required": True,
    "description": "The dossier's code.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 64},
    "example": "H48.14-261120-0012",
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "Of your choice, one for each request: the same request with the same key gets the same "
        "answer for two days and is not worked on again; another request with it gets 422."
    ),
    "schema": {"type": "string", "pattern": "^[!-~]{1,80}$"},
}


@cache
def openapi() -> Mapping[str, Any]:
    """The whole document."""
    schemas, definitions = models_json_schema(
        _models(), ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "motcua",
            "version": "1",
            "description": "For systems that push dossiers and their status changes.",
        },
        "servers": [{"url": BASE}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by `motcua token add`; names the scopes it has.",
                }
            },
        },
    }


@cache
def page() -> str:
    """The same for a person to read: no script, nothing from elsewhere."""
    environment = Environment(
        loader=PackageLoader("bot.console.api"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("docs.html").render(
        endpoints=ENDPOINTS,
        base=BASE,
        schemas=openapi()["components"]["schemas"],
        refusals={status: Refused(status).problem for one in ENDPOINTS for status in one.refusals},
    )


def _models() -> list[tuple[type[BaseModel], _Mode]]:
    models: list[tuple[type[BaseModel], _Mode]] = [(Problem, "serialization")]
    for endpoint in ENDPOINTS:
        models.append((endpoint.answer, "serialization"))
        if endpoint.body:
            models.append((endpoint.body, "validation"))
    return models


def _operation(endpoint: Endpoint, schemas: Mapping[Any, Mapping[str, Any]]) -> dict[str, Any]:
    parameters = []
    if "{code}" in endpoint.path:
        parameters.append(_CODE)
    if endpoint.is_once:
        parameters.append(_IDEMPOTENCY_KEY)
    answer = {"schema": schemas[endpoint.answer, "serialization"]}
    problem = {"schema": schemas[Problem, "serialization"]}
    operation = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": endpoint.description,
        "security": [{"token": [endpoint.scope.value]}],
        "parameters": parameters,
        "responses": {
            str(endpoint.status): {
                "description": endpoint.answered,
                "content": {"application/json": answer},
            },
            **{
                str(status): {
                    "description": Refused(status).problem.detail,
                    "headers": _headers(status),
                    "content": {MEDIA_TYPE: problem},
                }
                for status in endpoint.refusals
            },
        },
    }
    if endpoint.body:
        sent = {"schema": schemas[endpoint.body, "validation"]}
        operation["requestBody"] = {"required": True, "content": {"application/json": sent}}
    return operation


def _headers(status: int) -> dict[str, Any]:
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.CONFLICT}:
        seconds = {"type": "integer", "minimum": 1}
        return {"Retry-After": {"required": True, "description": "Seconds.", "schema": seconds}}
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    return {}
