"""Refusals of the API: each says what happened and what to do, as application/problem+json."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from aiohttp import web
from pydantic import ValidationError

from bot.console.api.answers import FieldProblem, Problem

MEDIA_TYPE = "application/problem+json"

LONGEST_PATH = 120
"""Characters of a field's path that are repeated: a sender may have made it up."""

_SAID: Mapping[int, tuple[str, str]] = {
    400: ("The request cannot be read.", "Send JSON as /api/v1/docs describes it."),
    401: (
        "There is no good token in the header Authorization.",
        "Send `Authorization: Bearer TOKEN`; `motcua token add` makes one.",
    ),
    403: ("The token may not do this.", "Make one with the scope that /api/v1/docs names."),
    404: ("There is nothing under this address.", "See /api/v1/docs for the addresses."),
    405: ("The address does not take this method.", "The header Allow names those it takes."),
    408: ("The body did not come in time.", "Send it again, in smaller parts."),
    409: ("The same request is being worked on.", "Send it again in a few seconds."),
    413: ("The body is too large.", "Send fewer dossiers at a time."),
    415: (
        "The body is not plain JSON.",
        "Send `Content-Type: application/json` in UTF-8, without Content-Encoding.",
    ),
    422: ("The body does not fit.", "Mend the fields that `problems` names."),
    429: ("The token sent too many requests.", "Wait as many seconds as Retry-After says."),
    500: ("Something failed on our side.", "Send it again; then tell us the reference."),
    503: (
        "The database is away.",
        "Send it again in a minute: what was kept already is not done twice.",
    ),
}


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a defect
    """A request that gets a problem as its answer."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        advice: str = "",
        problems: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        said, do = _SAID.get(status, _SAID[400])
        self.problem = Problem(
            title=HTTPStatus(status).phrase,
            status=status,
            detail=detail or said,
            advice=advice or do,
            problems=tuple(problems),
        )
        self.headers = dict(headers or {})


def problem_response(refused: Refused, reference: str = "") -> web.Response:
    """The answer to a refused request; `reference` names a line of our log."""
    problem = refused.problem.model_copy(update={"reference": reference})
    return web.Response(
        text=problem.model_dump_json(),
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers=refused.headers,
    )


def field_problems(error: ValidationError) -> tuple[FieldProblem, ...]:
    """What pydantic found, by field; no value is repeated."""
    return tuple(
        FieldProblem(field=_path(detail["loc"]), message=_message(detail["type"], detail["msg"]))
        for detail in error.errors(include_url=False, include_context=False, include_input=False)
    )


def _path(parts: Sequence[int | str]) -> str:
    return ".".join(str(part) for part in parts)[:LONGEST_PATH]


def _message(kind: str, said: str) -> str:
    if kind == "extra_forbidden":
        return "There is no such field; take it out."
    if kind == "missing":
        return "It is needed."
    plain = said.removeprefix("Value error, ")
    return f"{plain[:1].upper()}{plain[1:]}."
