"""The shape of the dialogue's sentences: one field, one sentence; braces name what is filled in."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from pydantic import ConfigDict

from bot.messages import Language
from bot.wording import load_wording

_EXACT = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True, slots=True)
class General:
    """Greeting, help, ways out, and what is said when nothing was understood."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    greeting_title: str
    greeting: str
    greeting_safety: str
    help_title: str
    help: tuple[str, ...]
    exit_procedures: str
    exit_dossier: str
    exit_human: str
    exit_cancel: str
    other_language: str
    cancelled: str
    empty: str
    procedures_intro: str
    example_questions: tuple[str, ...]
    ask_number: str
    thanks: str
    no_such_line: str
    nothing_to_choose: str
    failed: str
    in_group: str
    button_over: str
    too_long: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Human:
    """How to reach a person."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    title: str
    open_now: str
    closed_now: str
    closed_unknown: str
    usual_hours: str
    hours: str
    hours_label: str
    phone_label: str
    address_label: str
    office_label: str
    no_contact: str
    days: tuple[str, ...]
    days_range: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Procedures:
    """Answers from the catalogue."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    clarify: str
    clarify_between: str
    not_this: str
    none_of_these: str
    unknown: str
    unknown_title: str
    unknown_which: str
    facet: dict[str, str]
    not_stated: dict[str, str]
    submit: str
    show: str
    only_if: str
    only_if_prefix: str
    note: str
    more_notes: str
    form: str
    originals: str
    copies: str
    ask_case_first: str
    case_chosen: str
    all_cases: str
    other_case: str
    channel: dict[str, str]
    duration: dict[str, str]
    several: str
    duration_unset: str
    fee_free: str
    fee_by_rule: str
    fee_conflict: str
    fee_per: str
    not_online: str
    yes_online: str
    agency: str
    level: dict[str, str]
    level_label: str
    where_counter: str
    where_any: str
    where_online: str
    where_post: str
    audience: str
    source: str
    source_decision: str
    source_as_of: str
    source_link: str
    abolished: str
    nothing_known: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossiers:
    """Looking up a dossier."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    ask_code_title: str
    ask_code: str
    ask_code_where: str
    bad_code: str
    ask_proof_title: str
    ask_proof: str
    ask_proof_ways: tuple[str, ...]
    ask_proof_consent: str
    not_proven: str
    not_proven_phone: str
    phone_first_code: str
    not_proven_help: str
    locked: str
    title: str
    as_of: str
    status: dict[str, str]
    meaning: dict[str, str]
    procedure_label: str
    owner_label: str
    holder_label: str
    holder: str
    holder_time: str
    holder_over: str
    next_label: str
    next: str
    group_title: str
    group_member: str
    group_due: str
    received_label: str
    due_label: str
    receiving_label: str
    support_label: str
    competent_label: str
    reason_label: str
    result_label: str
    collect_label: str
    bring_label: str
    missing_title: str
    respond_by: str
    respond_left: str
    respond_over: str
    no_last_day: str
    fee_label: str
    fee_owed: str
    fee_due: str
    fee_where: str
    history: str
    history_title: str
    back_to_status: str
    weekdays: tuple[str, ...]
    privacy: str
    about_procedure: str
    forgotten: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Following:
    """Being told of a dossier."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    follow: str
    unfollow: str
    ask_title: str
    consent: str
    agree: str
    refuse: str
    done: str
    known: str
    ended: str
    not_followed: str
    nothing_followed: str
    unfollow_which: str
    back: str
    list_title: str
    list_help: str
    line: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnData:
    """What is held about a person."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    title: str
    about: str
    download: str
    kept_for: tuple[str, ...]
    erase: str
    erase_title: str
    erase_what: tuple[str, ...]
    erase_yes: str
    erase_no: str
    erased: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadlines:
    """When a dossier is due, and why. `line` is keyed by the kinds of a calculation's steps."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    why: str
    title: str
    not_received: str
    term: str
    span: str
    left: str
    left_today: str
    over: str
    over_today: str
    left_as_of: str
    paused: str
    paused_days: str
    policy: str
    line: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """What became of places with an old name."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    one: str
    divided: str
    district: str
    province: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Photos:
    """A photo that led to no dossier code; `trouble` says why."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    trouble: dict[str, str]
    tips: tuple[str, ...]
    type_instead: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """Everything the dialogue says in one language."""

    __pydantic_config__: ClassVar[ConfigDict] = _EXACT

    general: General
    human: Human
    procedures: Procedures
    dossiers: Dossiers
    following: Following
    own_data: OwnData
    deadlines: Deadlines
    places: Places
    photos: Photos


@cache
def wording(language: Language) -> Wording:
    """The dialogue's sentences in one language."""
    return load_wording(Wording, "dialogue", language)
