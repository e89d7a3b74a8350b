"""What separates siblings: verbs of the life cycle (issue, again, extend …) and conditions."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """One verb or condition: how the names of procedures say it, and how people do."""

    name: str
    is_act: bool
    in_names: re.Pattern[str]
    in_questions: re.Pattern[str]


@cache
def shipped_signals() -> tuple[Signal, ...]:
    """The signals that are part of this package, in the order of their bits."""
    text = (files("knowledge.lexicon") / "signals.toml").read_text("utf-8")
    groups = tomllib.loads(text)
    return tuple(
        Signal(
            name=name,
            is_act=group == "act",
            in_names=re.compile("|".join(entry["name"])),
            in_questions=re.compile("|".join((*entry["name"], *entry["say"]))),
        )
        for group, entries in groups.items()
        for name, entry in entries.items()
    )


def bits_of_name(folded_name: str, signals: Sequence[Signal]) -> int:
    """The signals in a procedure's folded name, one bit each in order."""
    return _bits(signal.in_names.search(folded_name) is not None for signal in signals)


def bits_of_question(folded: str, signals: Sequence[Signal]) -> int:
    """The signals in a folded question, one bit each in order."""
    return _bits(signal.in_questions.search(folded) is not None for signal in signals)


def _bits(flags: Iterable[bool]) -> int:
    return sum(flag << place for place, flag in enumerate(flags))
