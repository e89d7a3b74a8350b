"""The lists of a dossier, read out of their rows: pure."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from db.records import Delegate, DossierFee, Extension, Leg, Organisation, StatusChange
from db.records import SupplementRequest as Request
from db.sources.parts import Delegates, Extensions, Fees, History, Legs, Supplements
from db.sources.pieces import (
    Skipped,
    event_key,
    moment_of,
    office_of,
    personal_number,
    status_of,
    text_of,
)
from db.sources.values import Row, Unreadable, amount, day, moment

_LONGEST_PHONE = 40
_BULLETS = " \t-–•;.+*"


def history(
    place: History | None, rows: Sequence[Row], zone: ZoneInfo
) -> tuple[tuple[StatusChange, ...], list[str]]:
    """The status changes in order, each event once, and what could not be read of them."""
    told: dict[str, StatusChange] = {}
    unread: list[str] = []
    if place is None:
        return (), unread
    for row in rows:
        at, key = moment(place.at.raw(row), zone, "history.at"), event_key(place.key.text(row))
        if at is None or not key:
            continue
        try:
            status = status_of(place.status, row, text_of(place.word, row) if place.word else None)
        except Skipped:
            continue
        except Unreadable as reason:
            unread.append(f"an event: {reason}")
            continue
        office, text = office_of(place.office, row), text_of(place.text, row)
        change = StatusChange(at=at, status=status, organisation=office, text=text, event_key=key)
        told.setdefault(key, change)
    ordered = sorted(told.values(), key=lambda change: change.at)
    changes = [
        change
        for before, change in zip([None, *ordered], ordered, strict=False)
        if before is None or before.status is not change.status
    ]
    return tuple(changes), unread


def legs(
    place: Legs | None, rows: Sequence[Row], zone: ZoneInfo, finished: dt.datetime | None
) -> tuple[Leg, ...]:
    """The offices' turns; `finished` ends the last one where nothing else does."""
    if place is None:
        return ()
    begun: list[tuple[dt.datetime, Organisation, Row]] = []
    for row in rows:
        started = moment(place.started_at.raw(row), zone, "legs.started_at")
        office = office_of(place.office, row)
        if started and office:
            begun.append((started, office, row))
    begun.sort(key=lambda one: one[0])
    ends = [*(started for started, _, _ in begun[1:]), finished]
    return tuple(
        Leg(
            position=position,
            organisation=office,
            task=place.task.text(row),
            officer=text_of(place.officer, row),
            started_at=started,
            due_at=moment_of(place.due_at, row, zone, "legs.due_at"),
            ended_at=moment_of(place.ended_at, row, zone, "legs.ended_at")
            if place.ended_at
            else end,
        )
        for position, ((started, office, row), end) in enumerate(zip(begun, ends, strict=False))
    )


def supplements(
    place: Supplements | None, rows: Sequence[Row], zone: ZoneInfo
) -> tuple[Request, ...]:
    """The requests for papers, oldest first."""
    if place is None:
        return ()
    found = []
    for row in rows:
        at = moment(place.requested_at.raw(row), zone, "supplements.requested_at")
        if at is None:
            continue
        lines = [line.strip(_BULLETS) for line in place.items.text(row).splitlines()]
        last = place.respond_by.raw(row) if place.respond_by else None
        found.append(
            Request(
                requested_at=at,
                items=tuple(line for line in lines if line),
                reason=text_of(place.reason, row),
                author=text_of(place.author, row),
                respond_by=day(last, zone, "supplements.respond_by"),
                answered_at=moment_of(place.answered_at, row, zone, "supplements.answered_at"),
            )
        )
    return tuple(sorted(found, key=lambda one: one.requested_at))


def fees(place: Fees | None, rows: Sequence[Row], zone: ZoneInfo) -> tuple[DossierFee, ...]:
    """The fees; nothing owed is no fee."""
    if place is None:
        return ()
    found = []
    for row in rows:
        owed = amount(place.amount.raw(row), "fees.amount")
        if not owed:
            continue
        last = place.due_on.raw(row) if place.due_on else None
        found.append(
            DossierFee(
                name=place.name.text(row),
                amount=owed,
                due_on=day(last, zone, "fees.due_on"),
                pay_where=text_of(place.pay_where, row),
                paid_at=moment_of(place.paid_at, row, zone, "fees.paid_at"),
            )
        )
    return tuple(found)


def extensions(
    place: Extensions | None, rows: Sequence[Row], zone: ZoneInfo
) -> tuple[Extension, ...]:
    """The later due dates, oldest first."""
    if place is None:
        return ()
    found = []
    for row in rows:
        decided = moment(place.decided_at.raw(row), zone, "extensions.decided_at")
        due = moment(place.new_due_at.raw(row), zone, "extensions.new_due_at")
        if decided and due:
            reason, letter = text_of(place.reason, row), text_of(place.letter, row)
            found.append(
                Extension(decided_at=decided, new_due_at=due, reason=reason, letter=letter)
            )
    return tuple(sorted(found, key=lambda one: one.decided_at))


def delegates(place: Delegates | None, rows: Sequence[Row]) -> tuple[Delegate, ...]:
    """Those who can show anything: a phone, or a personal number."""
    if place is None:
        return ()
    found = []
    for row in rows:
        phone = text_of(place.phone, row)[:_LONGEST_PHONE]
        digits = personal_number(text_of(place.number, row))
        if phone or digits:
            found.append(Delegate(name=place.name.text(row, 200), phone=phone, number=digits))
    return tuple(found)
