"""How deadlines are counted: dated data, chosen by procedure and by the day of receipt."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar

from pydantic import ConfigDict

from knowledge.problems import Problem
from knowledge.timing.entries import read_entries


class Supplement(StrEnum):
    """What a request for papers does to the clock."""

    PAUSE = "pause"
    RESTART = "restart"


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """One way of counting. `procedures`: codes, code beginnings with a star, or "*" for all.

    `window_days`: working days that a citizen has for papers asked for, None where the rule sets
    none. `extensions`: how often the date may be put off. `verified` False: nobody has compared
    the rule with the text of the decree that is in force.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: str
    procedures: tuple[str, ...]
    valid_from: dt.date
    source: str
    supplement: Supplement
    valid_until: dt.date | None = None
    cut_off: dt.time | None = None
    half_days: bool = False
    window_days: int | None = None
    extensions: int = 1
    verified: bool = False

    def fits(self, procedure: str, received: dt.date) -> bool:
        """Whether a dossier of this procedure, received on this day, is counted like this."""
        in_time = self.valid_from <= received and (
            self.valid_until is None or received <= self.valid_until
        )
        return in_time and any(
            procedure.startswith(one[:-1]) if one.endswith("*") else procedure == one
            for one in self.procedures
        )


@cache
def shipped_policies() -> tuple[Policy, ...]:
    """The policies that are part of this package, in the order in which they are tried."""
    raw = tomllib.loads((files("knowledge.timing") / "policies.toml").read_text("utf-8"))
    policies, problems = read_policies("policies.toml", raw)
    if problems:
        raise ValueError("; ".join(map(str, problems)))
    return policies


def policy_for(policies: Sequence[Policy], procedure: str, received: dt.date) -> Policy:
    """The first policy that fits; the shipped last one where a date is older than all."""
    return next((one for one in policies if one.fits(procedure, received)), policies[-1])


def read_policies(
    file: str, raw: Mapping[str, Any]
) -> tuple[tuple[Policy, ...], tuple[Problem, ...]]:
    """The `[[policy]]` entries of a parsed TOML file, and what is wrong with others."""
    advice = "docs/deadlines.md shows the keys."
    return read_entries(file, raw, "policy", Policy, advice)
