"""A believable province for trying things out: 300 dossiers in every status, the same every time.

Names of communes are those of the former Kon Tum province, which joined Quảng Ngãi on 2025-07-01.
Everything else (people, numbers, unit codes) is made up, and every dossier is marked as such.
"""

import datetime as dt
import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bot.dialogue.plain_words import LOCAL
from db.engine import Database
from db.records import (
    Dossier,
    DossierFee,
    DossierId,
    DossierResult,
    FiledBy,
    Leg,
    NewDossier,
    Organisation,
    Status,
    StatusChange,
    SupplementRequest,
)
from knowledge.model import Duration, DurationUnit
from knowledge.timing.calendar import shipped_calendar

COUNT = 300
ORIGIN = "demo"
TODAY = dt.datetime(2026, 11, 20, 10, 0, tzinfo=LOCAL)
"""The moment at which the demonstration province stands still."""

_SEED = 2012_112


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A dossier that anybody may try: its code, and both proofs."""

    code: str
    tail: str
    secret: str


SAMPLE = Sample(code="H48.14-261116-0001", tail="204613", secret="MANG2DEN")  # noqa: S106 - made up, printed for everybody


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    """A procedure that the province handles: who decides, in how many working days."""

    code: str
    name: str
    competent: str
    days: int
    fee: int
    legs: tuple[str, ...]
    missing: tuple[str, ...]


async def fill(database: Database) -> None:
    """Put the province into the database, replacing what has the same codes."""
    async with database.unit() as unit:
        await unit.dossiers.remove_origin(ORIGIN)
        await unit.dossiers.put_many(province(), origin=ORIGIN)
        await unit.commit()


def province() -> tuple[NewDossier, ...]:
    """The 300 dossiers; a pure function of nothing."""
    chance = random.Random(_SEED)  # noqa: S311 - believable, not secret
    statuses = [Status(1 + number % len(Status)) for number in range(COUNT)]
    statuses[0] = Status.IN_PROGRESS
    return tuple(_dossier(number, status, chance) for number, status in enumerate(statuses))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("bot") / "demonstration.toml").read_text("utf-8"))


@cache
def _offices() -> dict[str, Organisation]:
    data = _data()
    communes = {
        f"H48.{number}": Organisation(
            code=f"H48.{number}",
            name=f"Trung tâm Phục vụ hành chính công {name}",
            former_names=tuple(formerly),
        )
        for number, (name, formerly) in enumerate(data["communes"].items(), 11)
    }
    others = {code: Organisation(code=code, name=name) for code, name in data["offices"].items()}
    return communes | others


@cache
def _kinds() -> tuple[_Kind, ...]:
    return tuple(
        _Kind(**{**kind, "legs": tuple(kind["legs"]), "missing": tuple(kind["missing"])})
        for kind in _data()["kind"]
    )


def _dossier(number: int, status: Status, chance: random.Random) -> NewDossier:
    kind = _kinds()[number % len(_kinds())]
    communes = [office for code, office in _offices().items() if code.startswith("H48.")]
    receiving = communes[3] if number == 0 else chance.choice(communes)
    submitted = _working_moment(chance, number)
    received = submitted + dt.timedelta(minutes=chance.randrange(5, 50))
    duration = Duration(amount=kind.days, unit=DurationUnit.WORKING_DAY)
    due = _working_days_after(received, kind.days)
    path = _path(kind, receiving)
    legs = _legs(status, path, received, due, kind.days)
    steps = _history(status, submitted, legs, chance)
    last = steps[-1].at
    taken_in = status not in {Status.REGISTERED, Status.REFUSED}
    dossier = Dossier(
        id=DossierId(0),
        code=f"{receiving.code}-{submitted:%y%m%d}-{number + 1:04d}",
        procedure_code=kind.code,
        procedure_name=kind.name,
        status=status,
        owner_name=_name(chance),
        filed_by=FiledBy.COUNTER if number == 0 else chance.choice(tuple(FiledBy)),
        submitted_at=submitted,
        received_at=received if taken_in else None,
        due_at=due if taken_in else None,
        duration=duration,
        finished_at=last if status in {Status.DONE, Status.RETURNED} else None,
        returned_at=last if status is Status.RETURNED else None,
        receiving=receiving,
        support=chance.choice(communes) if number % 5 == 4 else None,
        competent=path[-1][0],
        legs=legs if taken_in else (),
        history=steps,
        supplements=_supplements(status, kind, last),
        fees=_fees(status, kind, last, receiving),
        result=_result(status, kind, last, receiving),
        reason=_data()["reasons"].get(str(status.value), ""),
    )
    first = number == 0
    code_and_proof = NewDossier(
        dossier=dossier,
        owner_phone=f"0900{chance.randrange(10**6):06d}",
        owner_number=f"062{chance.randrange(10**3):03d}"
        + (SAMPLE.tail if first else f"{chance.randrange(10**6):06d}"),
        receipt_secret=SAMPLE.secret if first else _secret(chance),
    )
    if first and dossier.code != SAMPLE.code:
        raise AssertionError(f"The sample's code is {dossier.code}.")
    return code_and_proof


def _name(chance: random.Random) -> str:
    people = _data()["people"]
    if chance.random() < 0.4:
        return f"{chance.choice(people['local_first'])} {chance.choice(people['local_last'])}"
    return " ".join(chance.choice(people[part]) for part in ("family", "middle", "given"))


def _secret(chance: random.Random) -> str:
    return "".join(chance.choice("ABCDEFGHJKLMNPQRSTUVWXYZ234567") for _ in range(8))


def _working_moment(chance: random.Random, number: int) -> dt.datetime:
    """A moment in office hours, four days before today for the sample, else up to 30 before."""
    day = TODAY - dt.timedelta(days=4 if number == 0 else chance.randrange(1, 31))
    while day.isoweekday() > 5:
        day -= dt.timedelta(days=1)
    hour = 8 if number == 0 else chance.choice((7, 8, 9, 10, 14, 15, 16))
    return day.replace(hour=hour, minute=15 if number == 0 else chance.randrange(0, 60))


def _in_office_hours(moment: dt.datetime) -> dt.datetime:
    """A moment in office hours near this one; of two moments the later never comes out earlier."""
    if moment.isoweekday() > 5:
        moment = (moment - dt.timedelta(days=moment.isoweekday() - 5)).replace(hour=17)
    clock = moment.time()
    if clock >= dt.time(17):
        clock = dt.time(16, 50)
    elif dt.time(11, 30) <= clock < dt.time(13, 30):
        clock = dt.time(11, 20)
    elif clock < dt.time(7):
        clock = dt.time(7)
    return moment.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)


def _working_days_after(start: dt.datetime, days: int) -> dt.datetime:
    day = shipped_calendar().after(start.date(), days)
    return dt.datetime.combine(day, dt.time(17), LOCAL)


def _path(kind: _Kind, receiving: Organisation) -> list[tuple[Organisation, str]]:
    """The offices in turn, each with its task; the desk that took it in comes first and last."""
    offices = _offices()
    decides = offices.get(kind.competent, receiving)
    path = [(receiving, "kiểm tra và chuyển hồ sơ")]
    path += [
        (offices.get(code, receiving), task)
        for code, _, task in (leg.partition(":") for leg in kind.legs)
    ]
    return [*path, (decides, "ký kết quả")]


def _legs(
    status: Status,
    path: Sequence[tuple[Organisation, str]],
    received: dt.datetime,
    due: dt.datetime,
    days: int,
) -> tuple[Leg, ...]:
    ended = status in {Status.DONE, Status.RETURNED, Status.STOPPED, Status.WITHDRAWN}
    holding = len(path) if ended else (0 if status is Status.RECEIVED else min(1, len(path) - 1))
    share = (min(due, TODAY) - received) / (len(path) + 1)
    allowed = max(0.5, round(days / len(path) * 2) / 2)
    legs = []
    for position, (office, task) in enumerate(path):
        start = max(received, _in_office_hours(received + share * position))
        end = max(start, _in_office_hours(received + share * (position + 1)))
        legs.append(
            Leg(
                position=position,
                organisation=office,
                task=task,
                allowed=Duration(amount=allowed, unit=DurationUnit.WORKING_DAY),
                started_at=start if position <= holding else None,
                due_at=_in_office_hours(received + (due - received) / len(path) * (position + 1)),
                ended_at=end if position < holding else None,
            )
        )
    return tuple(legs)


def _history(
    status: Status, submitted: dt.datetime, legs: Sequence[Leg], chance: random.Random
) -> tuple[StatusChange, ...]:
    desk, received = legs[0].organisation, legs[0].started_at or submitted
    works = legs[min(1, len(legs) - 1)]
    begun = works.started_at or received
    later = [
        max(begun, _in_office_hours(begun + (TODAY - begun) * part))
        for part in sorted(chance.uniform(0.1, 0.9) for _ in range(2))
    ]
    changes = [StatusChange(at=submitted, status=Status.REGISTERED, organisation=desk)]
    if status is Status.REGISTERED:
        return tuple(changes)
    if status is Status.REFUSED:
        changes.append(StatusChange(at=received, status=status, organisation=desk))
        return tuple(changes)
    changes.append(StatusChange(at=received, status=Status.RECEIVED, organisation=desk))
    if status is Status.RECEIVED:
        return tuple(changes)
    changes.append(
        StatusChange(at=begun, status=Status.IN_PROGRESS, organisation=works.organisation)
    )
    if status is Status.IN_PROGRESS:
        return tuple(changes)
    if status is Status.RETURNED:
        decides = legs[-1].organisation
        changes.append(StatusChange(at=later[0], status=Status.DONE, organisation=decides))
    changes.append(StatusChange(at=later[1], status=status, organisation=desk))
    return tuple(changes)


def _supplements(status: Status, kind: _Kind, asked: dt.datetime) -> tuple[SupplementRequest, ...]:
    if status is not Status.SUPPLEMENT_REQUESTED:
        return ()
    last_day = _working_days_after(asked, 7).date()
    return (SupplementRequest(requested_at=asked, items=kind.missing, respond_by=last_day),)


def _fees(
    status: Status, kind: _Kind, asked: dt.datetime, receiving: Organisation
) -> tuple[DossierFee, ...]:
    if kind.fee == 0 and status is not Status.PAYMENT_REQUESTED:
        return ()
    owed = status is Status.PAYMENT_REQUESTED
    return (
        DossierFee(
            name="Khoản phải nộp (dữ liệu mẫu)",
            amount=kind.fee or 150_000,
            due_on=_working_days_after(asked, 10).date() if owed else None,
            pay_where=receiving.name if owed else "",
            paid_at=None if owed else asked,
        ),
    )


def _result(
    status: Status, kind: _Kind, last: dt.datetime, receiving: Organisation
) -> DossierResult | None:
    if status not in {Status.DONE, Status.RETURNED}:
        return None
    return DossierResult(
        name=f"Kết quả: {kind.name}",
        issued_on=last.date(),
        collect_where=receiving.name,
        bring="Giấy hẹn và giấy tờ tuỳ thân",
    )
