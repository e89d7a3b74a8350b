"""Deadlines of dossiers: the office's own calendar and rules, applied to what is on record."""

import datetime as dt
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import Refusal
from bot.office import Office
from db.records import Dossier, Status
from knowledge.timing.calendar import SpecialDay, read_days, shipped_calendar
from knowledge.timing.course import Course, Postponement, Reckoning, Request
from knowledge.timing.hours import STANDARD, Clock, Stretch
from knowledge.timing.policies import Policy, policy_for, read_policies, shipped_policies
from knowledge.timing.reckoning import reckon

_STOPPED = {Status.REFUSED, Status.WITHDRAWN, Status.STOPPED}
_SHOWN = 5  # problems of a rules file that are told at once


@dataclass(frozen=True, kw_only=True, slots=True)
class Timekeeper:
    """Reckons the deadlines of dossiers over one calendar and one list of policies."""

    clock: Clock
    policies: tuple[Policy, ...]

    def policy(self, dossier: Dossier) -> Policy | None:
        """How this dossier's deadline is counted; None before it is taken in."""
        if dossier.received_at is None:
            return None
        received = dossier.received_at.astimezone(self.clock.zone).date()
        return policy_for(self.policies, dossier.procedure_code, received)

    def reckon(self, dossier: Dossier, now: dt.datetime) -> Reckoning | None:
        """The deadline as it stands at `now`; None before the dossier is taken in."""
        policy = self.policy(dossier)
        if policy is None or dossier.received_at is None:
            return None
        return reckon(course_of(dossier), policy, self.clock, now)

    def due_at(self, dossier: Dossier, now: dt.datetime) -> dt.datetime | None:
        """The date that counts now: what the receipt promises, until something moves it.

        Something is an extension, or papers that were asked for; None while those are awaited.
        """
        reckoning = self.reckon(dossier, now)
        if reckoning and reckoning.due_at and (dossier.extensions or dossier.supplements):
            return reckoning.due_at
        if dossier.status is Status.SUPPLEMENT_REQUESTED:
            return None
        return dossier.due_at or (reckoning.due_at if reckoning else None)

    def working_days(self, first: dt.datetime, last: dt.datetime) -> int:
        """Working days after the day of `first` up to and with the day of `last`."""
        after = dt.timedelta(days=1)
        zone = self.clock.zone
        start, end = first.astimezone(zone).date(), last.astimezone(zone).date()
        return self.clock.calendar.count(start + after, end + after)


def course_of(dossier: Dossier) -> Course:
    """What of a dossier decides about its deadline. It must have been received."""
    if dossier.received_at is None:
        raise ValueError(f"{dossier.code} was not received: it has no deadline.")
    ended = dossier.finished_at or dossier.returned_at
    stops = [change.at for change in dossier.history if change.status in _STOPPED]
    return Course(
        received_at=dossier.received_at,
        duration=dossier.duration,
        requests=tuple(
            Request(
                requested_at=request.requested_at,
                answered_at=request.answered_at,
                respond_by=request.respond_by,
            )
            for request in dossier.supplements
        ),
        postponements=tuple(
            Postponement(decided_at=one.decided_at, new_due_at=one.new_due_at)
            for one in dossier.extensions
        ),
        promised_at=dossier.due_at,
        ended_at=ended,
        stopped_at=stops[-1] if stops and dossier.status in _STOPPED else None,
    )


def timekeeper_of(office: Office, rules: Path | None = None) -> Timekeeper:
    """The shipped calendar and policies with the office's closing days and own rules over them.

    Raises Refusal with the entries of the rules file that cannot be used.
    """
    closed = [
        SpecialDay(date=day, works=False, name="ngày nghỉ của cơ quan", source="office file")
        for day in office.closed_on
    ]
    own = _own_rules(rules)
    calendar = shipped_calendar().with_days([*closed, *own.days])
    until = max(calendar.official_until, own.official_until)
    stretches = tuple(
        Stretch(opens=one.opens, closes=one.closes)
        for one in office.hours
        if one.opens < one.closes
    )
    hours = ((dt.date.min, stretches or STANDARD),)  # a clock that never opens would never end
    calendar = replace(calendar, official_until=until)
    clock = Clock(calendar=calendar, hours=hours, zone=office.zone)
    return Timekeeper(clock=clock, policies=(*own.policies, *shipped_policies()))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rules:
    """A province's own entries. `official_until`: the last year whose calendar it has entered."""

    days: tuple[SpecialDay, ...] = ()
    policies: tuple[Policy, ...] = ()
    official_until: int = 0


def _own_rules(path: Path | None) -> _Rules:
    if path is None:
        return _Rules()
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refusal(
            f"MOTCUA_RULES names {path}, which cannot be read ({error}). "
            "Give the path of a readable TOML file."
        ) from None
    until = raw.get("official_until", 0)
    unknown = sorted(set(raw) - {"day", "policy", "official_until"})
    if unknown or not isinstance(until, int):
        named = unknown[0] if unknown else "official_until"
        raise Refusal(
            f"{path.name}: “{named}” does not fit. "
            "The keys are official_until (a year), [[day]] and [[policy]]; see docs/deadlines.md."
        )
    days, wrong_days = read_days(path.name, raw)
    policies, wrong_policies = read_policies(path.name, raw)
    wrong = [*wrong_days, *wrong_policies]
    if wrong:
        raise Refusal("\n".join(map(str, wrong[:_SHOWN])))
    return _Rules(days=days, policies=policies, official_until=until)
