"""The parts of a mapping: rules, joins, offices, and lists of things that belong to a dossier."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from db.records import Status
from db.sources.values import OWN, Identifier, Value

_Words = Annotated[
    tuple[str, ...],
    BeforeValidator(
        lambda given: [str(one) for one in given] if isinstance(given, list) else given
    ),
]


class Part(BaseModel):
    """Frozen; an unknown key is a problem."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Test(Part):
    """What a column must hold: one of these words, such an end, or anything (nothing) at all."""

    words: _Words = ()
    ends: _Words = ()
    filled: bool | None = None


def _test(given: object) -> object:
    if isinstance(given, bool | int | str):
        return {"words": [str(int(given)) if isinstance(given, bool) else str(given)]}
    return {"words": given} if isinstance(given, list) else given


Condition = Annotated[Test, BeforeValidator(_test)]


class Rule(Part):
    """A row on which all conditions hold has this status; `skip`: it is none of our business."""

    status: Status | None = None
    skip: bool = False
    when: Mapping[Identifier, Condition] = {}

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Rule":
        if (self.status is None) != self.skip:
            raise ValueError("it needs either a status from 1 to 10 or skip = true")
        return self


def _joined(name: str) -> str:
    if name == "dossier":
        raise ValueError("dossier is what a list calls the dossier's own row")
    return name


class Join(Part):
    """A table of which at most one row belongs to each row: `on` pairs its columns with ours."""

    table: Identifier
    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"), AfterValidator(_joined)]
    on: Annotated[Mapping[Identifier, Identifier], Field(min_length=1)]


class Office(Part):
    """An office; one without a code is known by its name."""

    code: Value | None = None
    name: Value

    @cached_property
    def is_of_dossier(self) -> bool:
        """Whether the dossier's own row tells it: then it is the same for every row of a list."""
        told = (*self.name.columns, *(self.code.columns if self.code else ()))
        has_path = self.name.xml or (self.code and self.code.xml)
        return not has_path and all(column.startswith(OWN) for column in told)


class Place(Part):
    """Where a list of things stands: in a table, in an XML column, or (neither) in the own row.

    A table's rows have the dossier's key in the column `dossier`; its values reach the dossier's
    own row as `dossier.COLUMN`. In an XML list (`each` finds the entries), columns are those of
    the own row.
    """

    table: Identifier | None = None
    dossier: Identifier | None = None
    joins: tuple[Join, ...] = ()
    xml: Identifier | None = None
    each: str = ""
    order: Identifier | None = None

    @model_validator(mode="after")
    def _is_one_place(self) -> "Place":
        if bool(self.table) != bool(self.dossier) or (self.table and self.xml):
            raise ValueError("a table needs the column `dossier`, and no xml beside it")
        if bool(self.xml) != bool(self.each):
            raise ValueError("xml and each need each other")
        return self


class History(Place):
    """Events of a dossier; those that leave the status as it was are no status changes.

    `key` is the event's own mark. The rules may ask for `word` as if it were a column. An event
    on which no rule fits is told as a problem.
    """

    key: Value
    at: Value
    status: Annotated[tuple[Rule, ...], Field(min_length=1)]
    word: Value | None = None
    office: Office | None = None
    text: Value | None = None


class Legs(Place):
    """Offices' turns in order of `started_at`; without `ended_at` the next one's start ends one."""

    office: Office
    task: Value
    started_at: Value
    ended_at: Value | None = None
    due_at: Value | None = None
    officer: Value | None = None


class Supplements(Place):
    """Requests for papers, one paper a line of `items`."""

    requested_at: Value
    items: Value
    reason: Value | None = None
    author: Value | None = None
    respond_by: Value | None = None
    answered_at: Value | None = None


class Fees(Place):
    """Fees asked for, in đồng; those of nothing are left out."""

    name: Value
    amount: Value
    due_on: Value | None = None
    pay_where: Value | None = None
    paid_at: Value | None = None


class Extensions(Place):
    """Later due dates that were decided."""

    decided_at: Value
    new_due_at: Value
    reason: Value | None = None
    letter: Value | None = None


class Delegates(Place):
    """People who may follow a dossier for its owner."""

    name: Value
    phone: Value | None = None
    number: Value | None = None
