"""From what a system sends to the records of the tracking database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.console.api.models import (
    Change,
    Office,
    PaperRequest,
    Postponed,
    SentDossier,
    SentStatus,
    Term,
    Turn,
)
from bot.imported_row import office_code
from db.records import (
    Delegate,
    Dossier,
    DossierFee,
    DossierId,
    DossierResult,
    Extension,
    Leg,
    NewDossier,
    Organisation,
    Status,
    StatusChange,
    SupplementRequest,
)
from knowledge.model import Duration


def offices_named(sent: SentDossier | SentStatus) -> list[str]:
    """The codes of all offices that a body names."""
    return [_code(office) for office in _offices(sent)]


def offices_after(
    sent: SentDossier | SentStatus, known: Mapping[str, Organisation]
) -> dict[str, Organisation]:
    """The offices that a body names, by code; what it does not say of one stays as it is known."""
    offices = dict(known)
    for told in _offices(sent):
        code = _code(told)
        office = offices.get(code) or Organisation(code=code, name=told.name)
        offices[code] = replace(
            office,
            name=told.name,
            address=told.address or office.address,
            phone=told.phone or office.phone,
        )
    return offices


@dataclass(frozen=True, kw_only=True, slots=True)
class Translation:
    """Sent bodies as records, over the `offices` that they name."""

    offices: Mapping[str, Organisation]

    def dossier(self, sent: SentDossier) -> NewDossier:
        """A whole dossier."""
        result = sent.result
        return NewDossier(
            dossier=Dossier(
                id=DossierId(0),
                code=sent.code,
                procedure_code=sent.procedure_code,
                procedure_name=sent.procedure_name,
                status=sent.status,
                owner_name=sent.owner.name,
                filed_by=sent.filed_by,
                submitted_at=sent.submitted_at,
                received_at=sent.received_at,
                due_at=sent.due_at,
                finished_at=sent.finished_at,
                returned_at=sent.returned_at,
                receiving=self._office(sent.receiving),
                support=self._office(sent.support),
                competent=self._office(sent.competent),
                legs=self._legs(sent.legs),
                history=tuple(self.change(one) for one in sent.history),
                supplements=tuple(_supplement(one) for one in sent.supplements),
                fees=tuple(DossierFee(**dict(one)) for one in sent.fees),
                extensions=tuple(_extension(one) for one in sent.extensions),
                result=DossierResult(**dict(result)) if result else None,
                duration=_duration(sent.duration),
                field=sent.field,
                officer=sent.officer,
                parent_code=sent.parent_code,
                reason=sent.reason,
            ),
            owner_phone=sent.owner.phone,
            owner_number=sent.owner.number,
            receipt_secret=sent.owner.receipt_secret,
            delegates=tuple(Delegate(**dict(one)) for one in sent.helpers),
        )

    def change(self, sent: Change | SentStatus) -> StatusChange:
        """One event of the history."""
        return StatusChange(
            at=sent.at,
            status=sent.status,
            organisation=self._office(sent.organisation),
            text=sent.text,
            event_key=sent.event_key,
        )

    def changed(self, dossier: Dossier, sent: SentStatus) -> Dossier:
        """A dossier after a status change, with that change alone as its history.

        A change older than one that is known is history: it does not turn the status back.
        """
        last = max((change.at for change in dossier.history), default=None)
        status = dossier.status if last and sent.at < last else sent.status
        supplements = dossier.supplements
        if sent.supplement_answered_at:
            supplements = tuple(
                replace(one, answered_at=one.answered_at or sent.supplement_answered_at)
                for one in supplements
            )
        if sent.supplement:
            supplements = (*supplements, _supplement(sent.supplement))
        extensions = dossier.extensions
        if sent.extension:
            extensions = (*extensions, _extension(sent.extension))
        result = DossierResult(**dict(sent.result)) if sent.result else dossier.result
        is_finished = sent.status in {Status.DONE, Status.RETURNED}
        is_received, is_returned = sent.status is Status.RECEIVED, sent.status is Status.RETURNED
        return replace(
            dossier,
            status=status,
            history=(self.change(sent),),
            supplements=supplements,
            extensions=extensions,
            legs=dossier.legs if sent.legs is None else self._legs(sent.legs),
            reason=dossier.reason if sent.reason is None else sent.reason,
            result=result,
            received_at=dossier.received_at or (sent.at if is_received else None),
            finished_at=dossier.finished_at or (sent.at if is_finished else None),
            returned_at=dossier.returned_at or (sent.at if is_returned else None),
        )

    def _legs(self, turns: Sequence[Turn]) -> tuple[Leg, ...]:
        return tuple(
            Leg(
                position=one.position,
                organisation=self.offices[_code(one.organisation)],
                task=one.task,
                officer=one.officer,
                allowed=_duration(one.allowed),
                started_at=one.started_at,
                due_at=one.due_at,
                ended_at=one.ended_at,
            )
            for one in turns
        )

    def _office(self, sent: Office | None) -> Organisation | None:
        return self.offices[_code(sent)] if sent else None


def is_known(change: StatusChange, history: Sequence[StatusChange]) -> bool:
    """Whether an event stands in a history: by its mark, or by all that it says."""
    if change.event_key is not None:
        return any(known.event_key == change.event_key for known in history)
    said = (change.at, change.status, change.text)
    office = change.organisation.code if change.organisation else None
    return any(
        said == (known.at, known.status, known.text)
        and office == (known.organisation.code if known.organisation else None)
        for known in history
        if known.event_key is None
    )


def _offices(sent: SentDossier | SentStatus) -> Iterator[Office]:
    if isinstance(sent, SentDossier):
        yield from (office for office in (sent.receiving, sent.support, sent.competent) if office)
        yield from (one.organisation for one in sent.history if one.organisation)
    elif sent.organisation:
        yield sent.organisation
    yield from (turn.organisation for turn in sent.legs or ())


def _code(sent: Office) -> str:
    return sent.code or office_code(sent.name)


def _supplement(sent: PaperRequest) -> SupplementRequest:
    return SupplementRequest(**dict(sent))


def _extension(sent: Postponed) -> Extension:
    return Extension(**dict(sent))


def _duration(sent: Term | None) -> Duration | None:
    return Duration(amount=sent.amount, unit=sent.unit) if sent else None
