"""The catalogue as citizens need it: procedures, cases, papers, filing channels, revisions."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, NewType

from pydantic import ConfigDict

ProcedureCode = NewType("ProcedureCode", str)
"""`d.dddddd`, as the national portal writes it: 1.001193. Families 3. are liên thông."""


_EXACT = ConfigDict(extra="forbid")  # reading a record refuses keys that the model does not know


class Level(StrEnum):
    """Who decides. The district level ended on 2025-07-01 and is kept only to be reported."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    OTHER = "other"


class PaperUse(StrEnum):
    """What a person does with a paper; a note is text that the portal keeps among the papers."""

    SUBMIT = "submit"
    SHOW = "show"
    NOTE = "note"


class PaperGroup(StrEnum):
    """The four lists a citizen reads, in this order."""

    SUBMIT = "submit"
    SHOW = "show"
    ONLY_IF = "only_if"
    NOTE = "note"


class ChannelKind(StrEnum):
    """A way of filing. `UNSTATED`: the source gives a duration or a fee and no channel."""

    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"
    UNSTATED = "unstated"


class DurationUnit(StrEnum):
    """Units of the national record; `OTHER`: the record names a number and no usable unit."""

    WORKING_DAY = "working_day"
    DAY = "day"
    HOUR = "hour"
    MONTH = "month"
    YEAR = "year"
    OTHER = "other"


class FeeKind(StrEnum):
    """`BY_RULE`: the amount is set elsewhere (a circular, the province's council) and not here.

    `CONFLICT`: the source contradicts itself, as "Miễn phí (do HĐND cấp tỉnh quy định)" does; the
    text is shown as published and never summed up as "free".
    """

    FREE = "free"
    AMOUNT = "amount"
    BY_RULE = "by_rule"
    CONFLICT = "conflict"


class DecisionAct(StrEnum):
    """What the publishing decision did to the procedure."""

    ISSUED = "issued"
    AMENDED = "amended"
    REPLACED = "replaced"
    ABOLISHED = "abolished"


class SourceKind(StrEnum):
    """Where a record came from; `STARTER` and `TEMPLATE` are written by people, for citizens."""

    STARTER = "starter"
    TEMPLATE = "template"
    PORTAL = "portal"
    LIST = "list"
    PACKET = "packet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """Something to open: a form, a page. The URL is https or http, never anything else."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    title: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Duration:
    """How long a channel takes. `text` is what was published, for display when it says more.

    `amount` is None when the record says only that no term is set ("Không quy định").
    """

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    amount: float | None = None
    unit: DurationUnit = DurationUnit.OTHER
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fee:
    """One fee row. `amount` is in whole `currency` units and only set for `FeeKind.AMOUNT`.

    `per` is what the amount is charged for ("bản", "trang"); `text` is the published wording.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    kind: FeeKind
    amount: int | None = None
    currency: str = "VND"
    per: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FilingChannel:
    """One way of filing with its own duration and fees.

    `duration` None and `fees` empty mean that the source does not say; nothing is assumed then.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    kind: ChannelKind
    duration: Duration | None = None
    fees: tuple[Fee, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One answer to a case question. `label` fits a button; `description` is the full wording."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    key: str
    label: str
    description: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseQuestion:
    """A question whose answer decides which papers apply. Case keys are unique in a procedure."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    key: str
    text: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """One document to submit or to show, or a note about them.

    `condition` in a citizen's words ("nếu bé bị bỏ rơi"): the paper is needed only then.
    `cases`: keys of the cases it belongs to; empty means all. With two questions, a paper applies
    when for each question of which it names cases one of them was chosen.
    `originals` and `copies` are counts; None where the source does not say.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    name: str
    use: PaperUse = PaperUse.SUBMIT
    condition: str = ""
    cases: tuple[str, ...] = ()
    originals: int | None = None
    copies: int | None = None
    form: Link | None = None
    note: str = ""

    @property
    def group(self) -> PaperGroup:
        """The list this paper stands in."""
        if self.use is PaperUse.NOTE:
            return PaperGroup.NOTE
        if self.condition:
            return PaperGroup.ONLY_IF
        return PaperGroup.SUBMIT if self.use is PaperUse.SUBMIT else PaperGroup.SHOW


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalDocument:
    """A cited act. `number` as published ("123/2015/NĐ-CP"); `title` may be empty."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    number: str
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """The act that published the record; dates are None where the source does not give them."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    number: str
    date: dt.date | None = None
    act: DecisionAct = DecisionAct.ISSUED
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Procedure:
    """One entry of the catalogue. An empty field means that its source does not say."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    code: ProcedureCode
    name: str
    field: str = ""
    short_name: str = ""
    """At most 60 characters in a citizen's words: what a button shows. Ours, not the portal's."""
    summary: str = ""
    """One or two sentences: what it is for and for whom. Ours, not the portal's."""
    aliases: tuple[str, ...] = ()
    """What people call it. Ours, not the portal's."""
    levels: tuple[Level, ...] = ()
    agency: str = ""
    ministry: str = ""
    audience: tuple[str, ...] = ()
    channels: tuple[FilingChannel, ...] = ()
    questions: tuple[CaseQuestion, ...] = ()
    papers: tuple[Paper, ...] = ()
    steps: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    result: str = ""
    forms: tuple[Link, ...] = ()
    legal_basis: tuple[LegalDocument, ...] = ()
    decision: Decision | None = None
    related: tuple[ProcedureCode, ...] = ()
    """Liên thông parents list their children here."""
    source: SourceKind = SourceKind.STARTER
    source_url: str = ""
    as_of: str = ""
    """Date of the facts: YYYY, YYYY-MM or YYYY-MM-DD."""
    abolished: bool = False

    @property
    def title(self) -> str:
        """What a citizen reads as the name: the short name where there is one."""
        return self.short_name or self.name

    def papers_for(self, chosen: frozenset[str]) -> tuple[Paper, ...]:
        """Papers that apply when the cases with these keys were chosen.

        A question without a chosen case leaves the papers of all its cases in.
        """
        answered = {
            question.key: {case.key for case in question.cases}
            for question in self.questions
            if any(case.key in chosen for case in question.cases)
        }

        def applies(paper: Paper) -> bool:
            named = set(paper.cases)
            return all(not (named & keys) or named & keys & chosen for keys in answered.values())

        return tuple(paper for paper in self.papers if applies(paper))


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """One published state of all knowledge: immutable, numbered from 1; 0 is the empty one."""

    number: int
    published_at: dt.datetime
    procedures: Mapping[ProcedureCode, Procedure] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def __iter__(self) -> Iterator[Procedure]:
        return iter(self.procedures.values())

    def __len__(self) -> int:
        return len(self.procedures)

    @property
    def current(self) -> tuple[Procedure, ...]:
        """The procedures in force, in order of code."""
        return tuple(
            self.procedures[code]
            for code in sorted(self.procedures)
            if not self.procedures[code].abolished
        )

    def current_with(self, code: str) -> Procedure | None:
        """The procedure in force with this code, or None."""
        procedure = self.procedures.get(ProcedureCode(code))
        return None if procedure is None or procedure.abolished else procedure
