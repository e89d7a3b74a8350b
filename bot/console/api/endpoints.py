"""The table of what the API offers: routes, documents and tests are made from it."""

from dataclasses import dataclass

from pydantic import BaseModel

from bot.console.api.answers import BatchResult, PairingResult, ShownDossier, StatusResult
from bot.console.api.models import SentDossiers, SentStatus
from db.records import Scope

_ALWAYS = (401, 403, 429, 500, 503)
_WITH_BODY = (400, 408, 413, 415, 422)


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """One thing that a system may ask. `is_once`: an Idempotency-Key is heeded."""

    name: str
    method: str
    path: str
    scope: Scope
    summary: str
    description: str
    answer: type[BaseModel]
    answered: str
    status: int = 200
    body: type[BaseModel] | None = None
    is_once: bool = False

    @property
    def refusals(self) -> tuple[int, ...]:
        """Every status of a refusal that can come back."""
        found = [*_ALWAYS]
        if "{code}" in self.path:
            found.append(404)
        if self.body:
            found += _WITH_BODY
        if self.is_once:
            found.append(409)
        return tuple(sorted(found))


ENDPOINTS = (
    Endpoint(
        name="put_dossiers",
        method="PUT",
        path="/dossiers",
        scope=Scope.DOSSIERS_WRITE,
        summary="Bring up to 500 dossiers, new or known.",
        description=(
            "Each dossier is judged and kept by itself: what is wrong with one stops no other. "
            "A known one becomes what is sent, what is left out is emptied; its known status "
            "changes, its owner's proofs and its helpers stay. Whoever follows it still does. "
            "Citizens are told of a change of status when the change stands in `history`."
        ),
        body=SentDossiers,
        answer=BatchResult,
        answered="What became of each dossier, in the order in which they were sent.",
        is_once=True,
    ),
    Endpoint(
        name="change_status",
        method="POST",
        path="/dossiers/{code}/status",
        scope=Scope.DOSSIERS_WRITE,
        summary="Bring one status change of a known dossier.",
        description=(
            "The change joins the history. An event that is known, by its `event_key` or by all "
            "that it says, changes nothing. One that is older than the last known change joins "
            "the history and leaves the status as it is."
        ),
        body=SentStatus,
        answer=StatusResult,
        answered="The dossier's status now, and whether the event was news.",
        is_once=True,
    ),
    Endpoint(
        name="make_pairing",
        method="POST",
        path="/dossiers/{code}/pairing",
        scope=Scope.PAIRING_WRITE,
        summary="Make a pairing code for the desk to hand over.",
        description=(
            "For one person, once, for ten minutes: hand it over only to somebody who showed that "
            "the dossier is theirs. Asking again makes another code and voids those nobody used."
        ),
        answer=PairingResult,
        answered="The pairing code, told this once.",
        status=201,
    ),
    Endpoint(
        name="show_dossier",
        method="GET",
        path="/dossiers/{code}",
        scope=Scope.DOSSIERS_READ,
        summary="See a dossier as staff see it.",
        description="With the owner's name in clear; phone, number and secrets are never told.",
        answer=ShownDossier,
        answered="The dossier.",
    ),
)
