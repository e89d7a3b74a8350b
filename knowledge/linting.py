"""Quality control of a catalogue: one small rule per defect that real records have."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from knowledge.model import (
    DurationUnit,
    FeeKind,
    Level,
    PaperUse,
    Procedure,
    ProcedureCode,
    SourceKind,
)
from knowledge.problems import Problem, Severity
from knowledge.text import fold

DISTRICTS_ENDED = dt.date(2025, 7, 1)
"""Since this day there is no district level (two-tier local government)."""

SHORT_NAME_LIMIT = 60
LABEL_LIMIT = 60

_CODE = re.compile(r"[1-6]\.\d{6}")
_AS_OF = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_URL = re.compile(r"https?://[^\s/]+\.[^\s]+")
_KEY = re.compile(r"[a-z0-9_]{1,24}")
_DISTRICT = re.compile(
    r"\bcap huyen\b|"
    r"\b(?:ubnd|uy ban nhan dan|phong [a-z ]{0,30}|chu tich|cong an|toa an [a-z ]{0,20}) "
    r"(?:cac )?(?:quan|huyen|thi xa)\b|\bhuyen, quan\b|\bquan, huyen\b"
)
_NOTE_LIKE = re.compile(r"^(?:luu y|ghi chu|\* ?luu y)")
_BY_PEOPLE = {SourceKind.STARTER, SourceKind.TEMPLATE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a rule found in one procedure; `field` is the model's name for the place."""

    field: str
    message: str
    advice: str
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """What a rule may look at beside the procedure: the whole, counted once."""

    procedures: Mapping[ProcedureCode, Procedure]
    names: Counter[str]
    short_names: Counter[str]
    aliases: Mapping[str, frozenset[ProcedureCode]]
    expired: frozenset[str]
    today: dt.date


Rule = Callable[[Procedure, Catalogue], Iterator[Finding]]


def lint(
    procedures: Iterable[Procedure],
    *,
    today: dt.date,
    expired_documents: frozenset[str] = frozenset(),
) -> list[Problem]:
    """Apply every rule to every procedure in force.

    `expired_documents`: numbers of legal documents that the province lists as no longer valid.
    """
    current = [one for one in procedures if not one.abolished]
    catalogue = _count(current, today, expired_documents)
    return [
        Problem(
            rule=name,
            severity=finding.severity,
            field=finding.field,
            code=procedure.code,
            message=finding.message,
            advice=finding.advice,
        )
        for procedure in current
        for name, rule in RULES.items()
        for finding in rule(procedure, catalogue)
    ]


def _count(procedures: Iterable[Procedure], today: dt.date, expired: frozenset[str]) -> Catalogue:
    listed = list(procedures)
    aliases: defaultdict[str, set[ProcedureCode]] = defaultdict(set)
    for procedure in listed:
        for alias in procedure.aliases:
            aliases[fold(alias)].add(procedure.code)
    return Catalogue(
        procedures={procedure.code: procedure for procedure in listed},
        names=Counter(fold(procedure.name) for procedure in listed),
        short_names=Counter(fold(one.short_name) for one in listed if one.short_name),
        aliases={alias: frozenset(codes) for alias, codes in aliases.items()},
        expired=expired,
        today=today,
    )


def _name_missing(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    if not procedure.name.strip():
        yield Finding(
            field="name",
            message="The procedure has no name.",
            advice="Write the name as published.",
            severity=Severity.ERROR,
        )


def _name_twice(procedure: Procedure, catalogue: Catalogue) -> Iterator[Finding]:
    if procedure.name and catalogue.names[fold(procedure.name)] > 1:
        yield Finding(
            field="name",
            message="Another procedure has the same name.",
            advice="Give both a short name that tells them apart.",
        )


def _code_form(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    if not _CODE.fullmatch(procedure.code):
        yield Finding(
            field="code",
            message=f"“{procedure.code}” has not the form of a national code.",
            advice="Write it like 1.001193.",
            severity=Severity.ERROR,
        )


def _district_level(procedure: Procedure, catalogue: Catalogue) -> Iterator[Finding]:
    if Level.DISTRICT in procedure.levels and catalogue.today >= DISTRICTS_ENDED:
        yield Finding(
            field="levels",
            message="The district level ended on 1/7/2025.",
            advice="Name the level that took the procedure over.",
        )


def _district_agency(procedure: Procedure, catalogue: Catalogue) -> Iterator[Finding]:
    if catalogue.today < DISTRICTS_ENDED:
        return
    for field, texts in (
        ("agency", (procedure.agency,)),
        ("steps", procedure.steps),
        ("result", (procedure.result,)),
    ):
        if any(_DISTRICT.search(fold(text)) for text in texts if text):
            yield Finding(
                field=field,
                message="The text names an office of the abolished district level.",
                advice="Name the office that took it over.",
            )


def _channel_missing(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    if not procedure.channels:
        yield Finding(
            field="channels",
            message="No way of filing is stated.",
            advice="Add the channels with duration and fee as published.",
        )


def _duration_missing(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    if procedure.channels and not any(channel.duration for channel in procedure.channels):
        yield Finding(
            field="channels",
            message="No channel states a duration.",
            advice="Add the duration as published.",
        )


def _duration_without_unit(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    for channel in procedure.channels:
        duration = channel.duration
        if duration and duration.amount is not None and duration.unit is DurationUnit.OTHER:
            yield Finding(
                field="channels",
                message=f"The duration {duration.amount:g} has no usable unit.",
                advice="Write working days, days or hours.",
            )
            return


def _fee_conflict(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    texts = {
        fee.text
        for channel in procedure.channels
        for fee in channel.fees
        if fee.kind is FeeKind.CONFLICT
    }
    for text in sorted(texts)[:1]:
        yield Finding(
            field="channels",
            message=f"The fee contradicts itself or does not parse: “{text[:80]}”.",
            advice="Write what is charged; citizens are shown this text as a doubt until then.",
        )


def _channels_conflict(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    by_kind: defaultdict[object, set[object]] = defaultdict(set)
    for channel in procedure.channels:
        if not channel.note:
            by_kind[channel.kind].add((channel.duration, channel.fees))
    if any(len(rows) > 1 for rows in by_kind.values()):
        yield Finding(
            field="channels",
            message="One way of filing has several durations or fees and no note that tells why.",
            advice="Add a note to each row.",
        )


def _note_among_papers(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    suspects = [
        paper
        for paper in procedure.papers
        if paper.use is not PaperUse.NOTE
        and not paper.originals
        and not paper.copies
        and (_NOTE_LIKE.match(fold(paper.name)) or len(paper.name) > 400)
    ]
    if suspects:
        yield Finding(
            field="papers",
            message=f"{len(suspects)} papers without any copies read like notes.",
            advice="Mark them as notes, or give their number of copies.",
        )


def _form_address(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    links = [*procedure.forms, *(paper.form for paper in procedure.papers if paper.form)]
    for link in links:
        if not _URL.fullmatch(link.url):
            yield Finding(
                field="forms",
                message=f"“{link.url[:80]}” is no address of a form.",
                advice="Write the whole address, beginning with https://.",
                severity=Severity.ERROR if procedure.source in _BY_PEOPLE else Severity.WARNING,
            )


def _expired_law(procedure: Procedure, catalogue: Catalogue) -> Iterator[Finding]:
    expired = [law.number for law in procedure.legal_basis if law.number in catalogue.expired]
    if expired:
        yield Finding(
            field="legal_basis",
            message=f"It cites documents that are no longer valid: {', '.join(expired)}.",
            advice="Look up what replaced them and check the facts.",
        )


def _expired_decision(procedure: Procedure, catalogue: Catalogue) -> Iterator[Finding]:
    decision = procedure.decision
    if decision and decision.valid_until and decision.valid_until < catalogue.today:
        yield Finding(
            field="decision",
            message=f"Decision {decision.number} was valid until {decision.valid_until}.",
            advice="Enter the decision that replaced it, or mark the procedure abolished.",
        )


def _child_missing(procedure: Procedure, catalogue: Catalogue) -> Iterator[Finding]:
    missing = [code for code in procedure.related if code not in catalogue.procedures]
    if missing:
        yield Finding(
            field="related",
            message=f"It combines procedures that are missing or abolished: {', '.join(missing)}.",
            advice="Import them, or correct the codes.",
        )


def _cases_fit(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    keys = [case.key for question in procedure.questions for case in question.cases]
    used = {key for paper in procedure.papers for key in paper.cases}
    doubled = sorted(key for key, count in Counter(keys).items() if count > 1)
    faults = (
        ("cases are named twice", doubled),
        ("papers name unknown cases", sorted(used - set(keys))),
        ("cases are named by no paper", sorted(set(keys) - used)),
        ("keys are not short ASCII", sorted(key for key in keys if not _KEY.fullmatch(key))),
    )
    for fault, found in faults:
        if found:
            yield Finding(
                field="questions",
                message=f"Some {fault}: {', '.join(found)}.",
                advice="Make cases and papers fit.",
                severity=Severity.ERROR,
            )


def _question_fits(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    for question in procedure.questions:
        long = [case.label for case in question.cases if len(case.label) > LABEL_LIMIT]
        labels = Counter(fold(case.label) for case in question.cases)
        if long or len(labels) != len(question.cases) or not 2 <= len(question.cases) <= 8:
            yield Finding(
                field="questions",
                message=f"“{question.text}” needs 2 to 8 different, short answers.",
                advice=f"Keep every label within {LABEL_LIMIT} characters.",
                severity=Severity.ERROR if procedure.source in _BY_PEOPLE else Severity.WARNING,
            )


def _short_name(procedure: Procedure, catalogue: Catalogue) -> Iterator[Finding]:
    name = procedure.short_name
    if len(name) > SHORT_NAME_LIMIT:
        yield Finding(
            field="short_name",
            message=f"The short name has {len(name)} characters.",
            advice=f"Keep it within {SHORT_NAME_LIMIT}.",
            severity=Severity.ERROR,
        )
    if name and catalogue.short_names[fold(name)] > 1:
        yield Finding(
            field="short_name",
            message=f"“{name}” is the short name of another procedure too.",
            advice="Say what tells them apart.",
            severity=Severity.ERROR,
        )


def _alias_shared(procedure: Procedure, catalogue: Catalogue) -> Iterator[Finding]:
    shared = [alias for alias in procedure.aliases if len(catalogue.aliases[fold(alias)]) > 1]
    if shared:
        yield Finding(
            field="aliases",
            message=f"Another procedure has the same alias: {', '.join(shared)}.",
            advice="Keep it where it fits; the desk asks back when words fit several.",
        )


def _as_of(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    if procedure.as_of and not _AS_OF.fullmatch(procedure.as_of):
        yield Finding(
            field="as_of",
            message=f"“{procedure.as_of}” is no date.",
            advice="Write YYYY, YYYY-MM or YYYY-MM-DD.",
            severity=Severity.ERROR,
        )


def _undated(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    if procedure.source in _BY_PEOPLE and not procedure.as_of:
        yield Finding(
            field="as_of",
            message="The date of the facts is missing.",
            advice="Write when the facts were taken from their source.",
        )


def _decision_missing(procedure: Procedure, _: Catalogue) -> Iterator[Finding]:
    if (procedure.papers or procedure.channels) and procedure.decision is None:
        yield Finding(
            field="decision",
            message="The facts rest on no decision.",
            advice="Enter the decision that published them.",
        )


RULES: Mapping[str, Rule] = {
    "name-missing": _name_missing,
    "name-twice": _name_twice,
    "code-form": _code_form,
    "district-level": _district_level,
    "district-agency": _district_agency,
    "channel-missing": _channel_missing,
    "duration-missing": _duration_missing,
    "duration-without-unit": _duration_without_unit,
    "fee-conflict": _fee_conflict,
    "channels-conflict": _channels_conflict,
    "note-among-papers": _note_among_papers,
    "form-address": _form_address,
    "expired-law": _expired_law,
    "expired-decision": _expired_decision,
    "child-missing": _child_missing,
    "cases-fit": _cases_fit,
    "question-fits": _question_fits,
    "short-name": _short_name,
    "alias-shared": _alias_shared,
    "as-of-form": _as_of,
    "facts-undated": _undated,
    "decision-missing": _decision_missing,
}
"""Every rule by the name that reports and tests use."""
