"""What is told of a dossier to whoever proved the right to know."""

import datetime as dt

from bot.dialogue import deadlines, freshness, plain_words
from bot.dialogue.actions import Show, ShowDossier, encode
from bot.messages import (
    Block,
    Checklist,
    Choice,
    Fact,
    Facts,
    Heading,
    Items,
    Moment,
    Paragraph,
    Tick,
    Timeline,
)
from bot.timing import Timekeeper
from bot.wording.dialogue import Wording
from db.records import Dossier, Leg, Status, SupplementRequest
from knowledge.model import Procedure

_ENDED = {Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.DONE, Status.RETURNED}


def status(dossier: Dossier, timekeeper: Timekeeper, say: Wording, now: dt.datetime) -> list[Block]:
    """Where it stands, what that means, and what the citizen has to do, in this order."""
    words = say.dossiers
    code = str(dossier.status.value)
    blocks: list[Block] = [
        Heading(text=f"{words.title.format(code=dossier.code)}: {words.status[code]}"),
        *freshness.told(dossier, say, now),
        Paragraph(text=words.meaning[code]),
        *_to_do(dossier, timekeeper, say, now),
        Facts(rows=tuple(_rows(dossier, timekeeper, say, now))),
        *_group(dossier, say),
        Paragraph(text=words.privacy),
    ]
    return blocks


def history(dossier: Dossier, say: Wording, now: dt.datetime) -> list[Block]:
    """Every status change, oldest first."""
    words = say.dossiers
    moments = tuple(
        Moment(
            when=plain_words.moment(change.at),
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
        *freshness.told(dossier, say, now),
        Timeline(moments=moments),
    ]


def choices(
    dossier: Dossier, say: Wording, *, shown: ShowDossier, sees_history: bool
) -> list[Choice]:
    """The other views of the dossier.

    `shown` is the view that the reply has; the history is for whoever may see it.
    """
    views = []
    if dossier.received_at and not shown.why:
        views.append((say.deadlines.why, ShowDossier(code=dossier.code, why=True)))
    if sees_history and dossier.history and not shown.history:
        views.append((say.dossiers.history, ShowDossier(code=dossier.code, history=True)))
    if shown.why or shown.history:
        views.append((say.dossiers.back_to_status, ShowDossier(code=dossier.code)))
    return [Choice(label=label, action=encode(command)) for label, command in views]


def procedure_choice(procedure: Procedure | None, say: Wording) -> list[Choice]:
    """The way to the dossier's procedure, where the catalogue has it."""
    if procedure is None:
        return []
    action = encode(Show(code=procedure.code))
    return [Choice(label=say.dossiers.about_procedure, action=action)]


def _to_do(dossier: Dossier, timekeeper: Timekeeper, say: Wording, now: dt.datetime) -> list[Block]:
    words = say.dossiers
    blocks: list[Block] = []
    if dossier.reason:
        blocks.append(Facts(rows=(Fact(label=words.reason_label, value=dossier.reason),)))
    open_requests = [request for request in dossier.supplements if request.answered_at is None]
    if dossier.status is Status.SUPPLEMENT_REQUESTED:
        for request in open_requests:
            ticks = tuple(Tick(text=item) for item in request.items)
            blocks.append(Checklist(title=words.missing_title, ticks=ticks))
            last_day = _last_day(request, timekeeper, say, now)
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


def _last_day(
    request: SupplementRequest, timekeeper: Timekeeper, say: Wording, now: dt.datetime
) -> str:
    """The last day for papers, and how many working days are left to it from now on.

    Counted to this moment also where the dossier is known as of an earlier one, which the card
    says: this time runs for the citizen, and to show too much of it would harm.
    """
    words, last = say.dossiers, request.respond_by
    if last is None:
        return words.no_last_day
    told = words.respond_by.format(date=plain_words.date(last))
    end_of_day = dt.datetime.combine(last, dt.time(23, 59), timekeeper.clock.zone)
    if now > end_of_day:
        return f"{told} {words.respond_over}"
    days = timekeeper.working_days(now, end_of_day)
    return f"{told} {words.respond_left.format(days=days)}" if days else told


def _group(dossier: Dossier, say: Wording) -> list[Block]:
    """The dossiers that are handled together with this one, each with where it stands."""
    words = say.dossiers
    if not dossier.group:
        return []
    lines = []
    for member in dossier.group:
        status_name = words.status[str(member.status.value)]
        told = words.group_member.format(procedure=member.procedure_name, status=status_name)
        if member.due_at and member.status not in _ENDED:
            told += ", " + words.group_due.format(due=plain_words.moment(member.due_at))
        lines.append(told)
    return [Heading(text=words.group_title), Items(items=tuple(lines))]


def _rows(dossier: Dossier, timekeeper: Timekeeper, say: Wording, now: dt.datetime) -> list[Fact]:
    words = say.dossiers
    rows = [
        Fact(label=words.procedure_label, value=dossier.procedure_name),
        Fact(label=words.owner_label, value=plain_words.masked_name(dossier.owner_name)),
    ]
    if dossier.status not in _ENDED:
        rows += [
            Fact(
                label=words.holder_label,
                value=_holding(holder, say, freshness.known_at(dossier, now)),
            )
            for holder in dossier.holders
        ]
        ahead = next((leg for leg in dossier.legs if leg.started_at is None), None)
        if ahead:
            value = words.next.format(office=ahead.organisation.name, task=ahead.task)
            rows.append(Fact(label=words.next_label, value=value))
    offices = (
        (words.receiving_label, dossier.receiving),
        (words.support_label, dossier.support),
        (words.competent_label, dossier.competent),
    )
    if dossier.received_at:
        rows.append(Fact(label=words.received_label, value=plain_words.moment(dossier.received_at)))
    due, left = deadlines.remaining(dossier, timekeeper, say, now)
    if due:
        rows.append(Fact(label=words.due_label, value=f"{due} ({left})"))
    seen: set[str] = set()
    for label, office in offices:
        if office and office.code not in seen:
            seen.add(office.code)
            rows.append(Fact(label=label, value=office.name))
    return rows


def _holding(leg: Leg, say: Wording, now: dt.datetime) -> str:
    since = (
        plain_words.weekday_date(leg.started_at, say.dossiers.weekdays) if leg.started_at else ""
    )
    told = say.dossiers.holder.format(office=leg.organisation.name, since=since, task=leg.task)
    if leg.allowed is None or leg.due_at is None:
        return told
    over = now > leg.due_at
    sentence = say.dossiers.holder_over if over else say.dossiers.holder_time
    allowed = plain_words.duration(leg.allowed, say.procedures)
    return f"{told}. {sentence.format(allowed=allowed, due=plain_words.moment(leg.due_at))}"
