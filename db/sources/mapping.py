"""The shape of a mapping: what a tracking database calls the things that we know of a dossier."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from db.records import FiledBy
from db.sources.columns import list_columns, own_columns, strangers
from db.sources.parts import (
    Delegates,
    Extensions,
    Fees,
    History,
    Join,
    Legs,
    Office,
    Part,
    Place,
    Rule,
    Supplements,
)
from db.sources.values import Identifier, Value
from knowledge.model import DurationUnit

_RESERVED = {"import", "demo"}
"""Origins of dossiers that no source brought."""


class Fields(Part):
    """The dossier itself. `filed_by` gives counter, online or post; `duration_unit` our units.

    `status_at`: since when it has its status, where the history does not tell the newest change.
    It must stand still while the status does.
    """

    code: Value
    procedure_name: Value
    owner_name: Value
    procedure_code: Value | None = None
    field: Value | None = None
    owner_phone: Value | None = None
    owner_number: Value | None = None
    receipt_secret: Value | None = None
    filed_by: Value | None = None
    submitted_at: Value | None = None
    received_at: Value | None = None
    due_at: Value | None = None
    finished_at: Value | None = None
    returned_at: Value | None = None
    duration_amount: Value | None = None
    duration_unit: Value | None = None
    officer: Value | None = None
    parent_code: Value | None = None
    reason: Value | None = None
    status_at: Value | None = None
    result_name: Value | None = None
    result_number: Value | None = None

    @model_validator(mode="after")
    def _speaks_our_words(self) -> "Fields":
        for name, kind in (("filed_by", FiledBy), ("duration_unit", DurationUnit)):
            value = getattr(self, name)
            told = {value.fixed, *value.words.values()} - {""} if value else set()
            foreign = told - {member.value for member in kind}
            if foreign:
                ours = ", ".join(member.value for member in kind)
                raise ValueError(f"{name} gives {', '.join(sorted(foreign))}, not one of: {ours}")
        return self


class Offices(Part):
    """The offices of a dossier."""

    receiving: Office | None = None
    support: Office | None = None
    competent: Office | None = None


class Cursor(Part):
    """How changed rows are found: the latest of these moments (or numbers) of a row is its mark.

    `overlap_seconds`: how long a change may take to be committed after its mark was set.
    """

    columns: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    overlap_seconds: Annotated[int, Field(ge=0, le=86_400)] = 120


class DossierTable(Part):
    """The table or view with one row a dossier; `key` is its primary key."""

    table: Identifier
    key: Identifier
    joins: tuple[Join, ...] = ()


def _name(name: str) -> str:
    if name in _RESERVED:
        raise ValueError(f"{name} is the name of something else")
    return name


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("it needs a time zone such as Asia/Ho_Chi_Minh") from None
    return name


class Mapping(Part):
    """One source. `format` is 1; `url_file` is a path beside the mapping's file."""

    format: Literal[1]
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,19}$"), AfterValidator(_name)]
    url_file: Annotated[str, Field(min_length=1)]
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Ho_Chi_Minh"
    batch: Annotated[int, Field(ge=1, le=5_000)] = 500
    connect_seconds: Annotated[int, Field(ge=1, le=60)] = 5
    statement_seconds: Annotated[int, Field(ge=1, le=300)] = 20
    dossiers: DossierTable
    cursor: Cursor
    fields: Fields
    offices: Offices = Offices()
    status: Annotated[tuple[Rule, ...], Field(min_length=1)]
    history: History | None = None
    legs: Legs | None = None
    supplements: Supplements | None = None
    fees: Fees | None = None
    extensions: Extensions | None = None
    delegates: Delegates | None = None

    @model_validator(mode="after")
    def _names_joined_tables(self) -> "Mapping":
        unknown = strangers(self.own_columns, self.dossiers.joins)
        for _, place in self.lists:
            unknown += strangers(list_columns(place), place.joins) if place.table else []
        if unknown:
            raise ValueError(f"{', '.join(unknown)}: no such table is joined")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of moments that name none."""
        return ZoneInfo(self.timezone)

    @property
    def lists(self) -> tuple[tuple[str, Place], ...]:
        """Every list of things that belong to a dossier, by name."""
        named = ("history", "legs", "supplements", "fees", "extensions", "delegates")
        return tuple((name, place) for name in named if (place := getattr(self, name)) is not None)

    @property
    def own_columns(self) -> set[str]:
        """Every column of the dossier's own row that is needed."""
        places = [place for _, place in self.lists]
        named = own_columns([self.fields, self.offices, *self.status, *places])
        return named | {self.dossiers.key, *self.cursor.columns}
