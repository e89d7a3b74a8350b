"""What is told of a dossier to whoever proved the right to know."""

import datetime as dt

from bot.dialogue import plain_words
from bot.dialogue.actions import Show, ShowDossier, encode
from bot.messages import (
    Block,
    Checklist,
    Choice,
    Fact,
    Facts,
    Heading,
    Moment,
    Paragraph,
    Tick,
    Timeline,
)
from bot.wording.dialogue import Wording
from db.records import Dossier, Leg, Status
from knowledge.model import Procedure

_ENDED = {Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.DONE, Status.RETURNED}


def status(dossier: Dossier, say: Wording) -> list[Block]:
    """Where it stands, what that means, and what the citizen has to do, in this order."""
    words = say.dossiers
    code = str(dossier.status.value)
    blocks: list[Block] = [
        Heading(text=f"{words.title.format(code=dossier.code)}: {words.status[code]}"),
        Paragraph(text=words.meaning[code]),
        *_to_do(dossier, say),
        Facts(rows=tuple(_rows(dossier, say))),
        Paragraph(text=words.privacy),
    ]
    return blocks


def history(dossier: Dossier, say: Wording) -> list[Block]:
    """Every status change, oldest first."""
    words = say.dossiers
    moments = tuple(
        Moment(
            when=_moment(change.at),
            text=" – ".join(
                filter(
                    None,
                    (
                        words.status[str(change.status.value)],
                        change.organisation.name if change.organisation else "",
                        change.text,
                    ),
                )
            ),
        )
        for change in dossier.history
    )
    return [
        Heading(text=words.history_title.format(code=dossier.code)),
        Timeline(moments=moments),
    ]


def choices(
    dossier: Dossier,
    say: Wording,
    *,
    sees_history: bool,
    shows_history: bool,
    procedure: Procedure | None,
) -> list[Choice]:
    """History for whoever may see it, and the way to the procedure where the catalogue has it."""
    offered = []
    if sees_history and dossier.history:
        label = say.dossiers.back_to_status if shows_history else say.dossiers.history
        command = ShowDossier(code=dossier.code, history=not shows_history)
        offered.append(Choice(label=label, action=encode(command)))
    if procedure:
        action = encode(Show(code=procedure.code))
        offered.append(Choice(label=say.dossiers.about_procedure, action=action))
    return offered


def _to_do(dossier: Dossier, say: Wording) -> list[Block]:
    words = say.dossiers
    blocks: list[Block] = []
    if dossier.reason:
        blocks.append(Facts(rows=(Fact(label=words.reason_label, value=dossier.reason),)))
    open_requests = [request for request in dossier.supplements if request.answered_at is None]
    if dossier.status is Status.SUPPLEMENT_REQUESTED:
        for request in open_requests:
            ticks = tuple(Tick(text=item) for item in request.items)
            blocks.append(Checklist(title=words.missing_title, ticks=ticks))
            last_day = (
                words.respond_by.format(date=plain_words.date(request.respond_by))
                if request.respond_by
                else words.no_last_day
            )
            blocks.append(Paragraph(text=" ".join(filter(None, (request.reason, last_day)))))
    if dossier.status is Status.PAYMENT_REQUESTED:
        owed = tuple(
            Fact(
                label=words.fee_label,
                value=", ".join(
                    filter(
                        None,
                        (
                            words.fee_owed.format(
                                name=fee.name, amount=plain_words.money(fee.amount)
                            ),
                            words.fee_due.format(date=plain_words.date(fee.due_on))
                            if fee.due_on
                            else "",
                            words.fee_where.format(where=fee.pay_where) if fee.pay_where else "",
                        ),
                    )
                ),
            )
            for fee in dossier.fees
            if fee.paid_at is None
        )
        if owed:
            blocks.append(Facts(rows=owed))
    if dossier.status in {Status.DONE, Status.RETURNED} and dossier.result:
        blocks.append(Facts(rows=tuple(_result(dossier, say))))
    return blocks


def _result(dossier: Dossier, say: Wording) -> list[Fact]:
    words, result = say.dossiers, dossier.result
    if result is None:
        return []
    name = f"{result.name} ({result.number})" if result.number else result.name
    rows = [Fact(label=words.result_label, value=name)]
    if dossier.status is Status.DONE:
        if result.collect_where:
            rows.append(Fact(label=words.collect_label, value=result.collect_where))
        if result.bring:
            rows.append(Fact(label=words.bring_label, value=result.bring))
    return rows


def _rows(dossier: Dossier, say: Wording) -> list[Fact]:
    words = say.dossiers
    rows = [
        Fact(label=words.procedure_label, value=dossier.procedure_name),
        Fact(label=words.owner_label, value=plain_words.masked_name(dossier.owner_name)),
    ]
    if dossier.status not in _ENDED:
        rows += [
            Fact(label=words.holder_label, value=_holding(holder, say))
            for holder in dossier.holders
        ]
        ahead = next((leg for leg in dossier.legs if leg.started_at is None), None)
        if ahead:
            value = f"{ahead.organisation.name}: {ahead.task}"
            rows.append(Fact(label=words.next_label, value=value))
    offices = (
        (words.receiving_label, dossier.receiving),
        (words.support_label, dossier.support),
        (words.competent_label, dossier.competent),
    )
    if dossier.received_at:
        rows.append(Fact(label=words.received_label, value=_moment(dossier.received_at)))
    if dossier.due_at and dossier.status not in _ENDED:
        rows.append(Fact(label=words.due_label, value=_moment(dossier.due_at)))
    seen: set[str] = set()
    for label, office in offices:
        if office and office.code not in seen:
            seen.add(office.code)
            rows.append(Fact(label=label, value=office.name))
    return rows


def _holding(leg: Leg, say: Wording) -> str:
    since = (
        plain_words.weekday_date(leg.started_at, say.dossiers.weekdays) if leg.started_at else ""
    )
    return say.dossiers.holder.format(office=leg.organisation.name, since=since, task=leg.task)


def _moment(moment: dt.datetime) -> str:
    return f"{plain_words.clock_time(moment)} ngày {plain_words.date(plain_words.day_of(moment))}"
