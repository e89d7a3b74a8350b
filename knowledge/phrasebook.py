"""What people say for a procedure: everyday names and situations, one line each, under its code.

The format is text that an editor can keep in any program::

    # a remark
    1.000656 | often | Khai tử
    ông nội mới mất hôm qua, giờ báo với xã ra sao
    làm giấy chứng tử

A heading names the code, how often an ordinary household asks for it at a commune's desk, and the
few words a clerk says for it when he asks which of several is meant. A heading that begins with
`@` names something that people ask for and that is no procedure of a one-stop desk; what follows
the second bar are words: where the name of a procedure in force holds one of them, the catalogue
has it after all and the entry is not used.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from knowledge.problems import Problem, Severity
from knowledge.text import fold

LABEL_LIMIT = 48
"""Characters of a label: it stands on a button."""

_CODE = re.compile(r"[1-6]\.\d{6}")
_SPACE = re.compile(r"\s+")


class Asked(IntEnum):
    """How often an ordinary household, farmer or shop asks for it at a commune's desk."""

    NEVER = 0
    RARELY = 1
    SOMETIMES = 2
    OFTEN = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What people say for one procedure. `label` may be empty: the procedure's own name is used."""

    code: str
    phrases: tuple[str, ...]
    asked: Asked = Asked.RARELY
    label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """Something people ask for that no desk of the catalogue does, unless it does after all."""

    topic: str
    phrases: tuple[str, ...]
    unless: tuple[str, ...] = ()

    def is_in(self, folded_names: str) -> bool:
        """Whether one of the procedures' names, folded, a line each, is what the entry is about."""
        return any(fold(words) in folded_names for words in self.unless)


@dataclass(frozen=True, kw_only=True, slots=True)
class Phrasebook:
    """All entries by code, and what is found elsewhere."""

    entries: Mapping[str, Entry] = field(default_factory=lambda: MappingProxyType({}))
    elsewhere: tuple[Elsewhere, ...] = ()

    def merged_with(self, other: "Phrasebook") -> "Phrasebook":
        """Both; the other's label and frequency win, phrases are joined without repeating."""
        entries = dict(self.entries)
        for code, added in other.entries.items():
            known = entries.get(code)
            entries[code] = added if known is None else _joined(known, added)
        topics = {one.topic: one for one in (*self.elsewhere, *other.elsewhere)}
        return Phrasebook(entries=MappingProxyType(entries), elsewhere=tuple(topics.values()))

    def label(self, code: str) -> str:
        """The few words for a choice, or nothing."""
        entry = self.entries.get(code)
        return entry.label if entry else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PhrasebookReading:
    """What a file gave, and what is wrong with it; entries with an error are left out."""

    phrasebook: Phrasebook
    problems: tuple[Problem, ...] = ()


@dataclass(kw_only=True, slots=True)
class _Open:
    """An entry being read: the row of its heading, and its phrases with their rows."""

    row: int
    key: str
    rest: tuple[str, ...]
    phrases: list[str] = field(default_factory=list)


def read_phrasebook(name: str, text: str) -> PhrasebookReading:
    """Read one file. Every problem names its line; a broken line loses nothing but itself."""
    reader = _Reader(name)
    for row, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        said = _SPACE.sub(" ", line).strip()
        if said and not said.startswith("#"):
            reader.take(row, said)
    return reader.finish()


def read_phrasebooks(texts: Iterable[tuple[str, str]]) -> PhrasebookReading:
    """Read several files and merge them in order; a phrase for two codes is a problem."""
    book = Phrasebook()
    problems: list[Problem] = []
    first_said: dict[str, tuple[str, str]] = {}
    for name, text in texts:
        reading = read_phrasebook(name, text)
        problems.extend(reading.problems)
        problems.extend(_contradictions(name, text, reading.phrasebook, first_said))
        book = book.merged_with(reading.phrasebook)
    return PhrasebookReading(phrasebook=book, problems=tuple(problems))


@cache
def shipped_phrasebook() -> Phrasebook:
    """The phrases that are part of this package; a test holds that they have no problem."""
    return read_phrasebooks(shipped_phrasebook_texts()).phrasebook


def shipped_phrasebook_texts() -> Sequence[tuple[str, str]]:
    """The (file name, text) pairs of the package's own phrases, in order of name."""
    folder = files("knowledge.lexicon") / "phrases"
    entries = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".txt")),
        key=lambda entry: entry.name,
    )
    return [(entry.name, entry.read_text("utf-8")) for entry in entries]


def unknown_codes(name: str, text: str, codes: Iterable[str]) -> list[Problem]:
    """Headings of a file whose code no procedure of the catalogue has: phrases nobody reaches."""
    known = set(codes)
    return [
        Problem(
            rule="unknown-code",
            file=name,
            row=row,
            code=found[0],
            message=f"No procedure of the catalogue has the code {found[0]}.",
            advice="Correct the code, or leave the entry for when the procedure is published.",
        )
        for row, line in enumerate(text.splitlines(), 1)
        if (found := _CODE.match(line.strip())) and found[0] not in known
    ]


def _joined(known: Entry, added: Entry) -> Entry:
    return Entry(
        code=added.code,
        phrases=tuple(dict.fromkeys((*known.phrases, *added.phrases))),
        asked=added.asked,
        label=added.label or known.label,
    )


def _contradictions(
    name: str, text: str, book: Phrasebook, first_said: dict[str, tuple[str, str]]
) -> list[Problem]:
    """Phrases that name two procedures, by their folded words; `first_said` is carried on."""
    rows: dict[str, int] = {}
    problems = []
    for entry in book.entries.values():
        for phrase in entry.phrases:
            folded = fold(phrase)
            before = first_said.setdefault(folded, (entry.code, name))
            if before[0] == entry.code:
                continue
            if not rows:
                rows = {
                    _SPACE.sub(" ", line).strip(): row
                    for row, line in enumerate(text.splitlines(), 1)
                }
            problems.append(
                Problem(
                    rule="two-codes",
                    file=name,
                    row=rows.get(phrase, 0),
                    code=entry.code,
                    message=f"“{phrase}” also stands under {before[0]} in {before[1]}.",
                    advice="Add the words that tell the two apart, or keep it under one of them.",
                )
            )
    return problems


class _Reader:
    """Lines on their way to entries."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._open: _Open | None = None
        self._entries: dict[str, Entry] = {}
        self._elsewhere: dict[str, Elsewhere] = {}
        self._problems: list[Problem] = []

    def take(self, row: int, said: str) -> None:
        if said.startswith("@") or _CODE.match(said):
            self._close()
            head, *rest = (part.strip() for part in said.split("|"))
            self._open = _Open(row=row, key=head, rest=tuple(rest))
        elif self._open is None:
            self._report(
                row,
                "no-heading",
                f"“{said}” stands under no code.",
                "Write a line such as “1.000656 | often | Khai tử” above it.",
            )
        elif len(fold(said)) > _PHRASE_LIMIT:
            self._report(
                row, "long-phrase", "The phrase is too long to be said.", "Keep what matters of it."
            )
        elif said in self._open.phrases:
            self._report(
                row, "repeated", f"“{said}” stands here twice.", "Remove one of them.", warn=True
            )
        else:
            self._open.phrases.append(said)

    def finish(self) -> PhrasebookReading:
        self._close()
        book = Phrasebook(
            entries=MappingProxyType(self._entries), elsewhere=tuple(self._elsewhere.values())
        )
        return PhrasebookReading(phrasebook=book, problems=tuple(self._problems))

    def _close(self) -> None:
        done, self._open = self._open, None
        if done is None:
            return
        if not done.phrases:
            self._report(
                done.row, "no-phrase", f"{done.key} has no phrase.", "Write one a line below it."
            )
        elif done.key.startswith("@"):
            self._keep_elsewhere(done)
        else:
            self._keep(done)

    def _keep_elsewhere(self, done: _Open) -> None:
        topic = done.key.removeprefix("@").strip()
        unless = tuple(word.strip() for word in done.rest[0].split(",")) if done.rest else ()
        self._elsewhere[topic] = Elsewhere(
            topic=topic,
            phrases=tuple(done.phrases),
            unless=tuple(word for word in unless if word),
        )

    def _keep(self, done: _Open) -> None:
        often = done.rest[0].lower() if done.rest else "rarely"
        label = done.rest[1] if len(done.rest) > 1 else ""
        if not _CODE.fullmatch(done.key):
            self._report(
                done.row, "wrong-code", f"{done.key} is no procedure code.", "Write it as 1.000656."
            )
        elif often.upper() not in Asked.__members__:
            self._report(
                done.row,
                "wrong-frequency",
                f"“{often}” does not say how often people ask.",
                "Write often, sometimes, rarely or never.",
            )
        elif len(label) > LABEL_LIMIT:
            self._report(
                done.row,
                "long-label",
                f"The label has {len(label)} characters.",
                f"Write at most {LABEL_LIMIT}: it stands on a button.",
            )
        elif done.key in self._entries:
            self._report(
                done.row,
                "repeated-code",
                f"{done.key} has a heading already.",
                "Put its phrases under the first one.",
            )
        else:
            self._entries[done.key] = Entry(
                code=done.key,
                phrases=tuple(done.phrases),
                asked=Asked[often.upper()],
                label=label,
            )

    def _report(
        self, row: int, rule: str, message: str, advice: str, *, warn: bool = False
    ) -> None:
        severity = Severity.WARNING if warn else Severity.ERROR
        self._problems.append(
            Problem(
                rule=rule,
                severity=severity,
                file=self._name,
                row=row,
                message=message,
                advice=advice,
            )
        )


_PHRASE_LIMIT = 240
"""Characters of a phrase: longer ones are no saying but a text."""
