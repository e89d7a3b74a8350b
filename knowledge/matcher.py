"""From a question to one of three honest outcomes: answer, clarify, unknown.

`Matcher` is the seam: the dialogue knows nothing else. `LexicalMatcher` finds candidates in an
index of names and sayings, orders them by learned weights, and says how sure it is.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rapidfuzz import fuzz, process

from knowledge.facets import Facet
from knowledge.features import Candidates, Examiner, Owner
from knowledge.index import Found, Index, Phrase
from knowledge.lexicon import Lexicon, shipped_lexicon
from knowledge.model import Level, Procedure, ProcedureCode
from knowledge.phrasebook import Entry, Phrasebook, shipped_phrasebook
from knowledge.question import Reader, Reading
from knowledge.ranking import Ranked, Weights, rank, shipped_weights
from knowledge.signals import bits_of_name, shipped_signals
from knowledge.text import fold

CHOICES = 5
"""A clarifying question offers two to this many procedures."""

CANDIDATES = 10
"""How many candidates a match reports, chosen and rejected."""

_CODE = re.compile(r"(?<![\d.])[1-6]\.\d{6}(?!\d)")
_KNOWN = 0.90  # least chance that the catalogue holds it, to say anything but "unknown"
_SINGLE = 0.86  # least chance that the first is meant and alone, to answer outright
_AGREED = 0.2  # least share of the accents typed that is confirmed: "mưa nhạ" is not "mua nhà"
_OFFERED = 0.04  # least chance of a procedure to be offered as a choice
_DISTRICT = re.compile(
    r"\b(?:ubnd|uy ban nhan dan|chu tich) (?:cac |ubnd )?(?:quan|huyen|thi xa)\b|\bquan,? huyen\b|"
    r"\bgiao thong van tai\b"
)
_SAME = 60  # least likeness (0 to 100) of a label and a name to be the same procedure
_LEADING = re.compile(r"^(?:thủ tục|tthc)\s+", re.IGNORECASE)


class Outcome(StrEnum):
    """What the matcher can honestly say."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A procedure and the confidence, 0 to 1, that it is what was meant.

    `label`: the few words that tell it from its siblings, empty where nobody wrote them.
    """

    code: ProcedureCode
    confidence: float
    label: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """What was understood. `candidates` are best first, rejected ones included.

    With `CLARIFY`, the first `choices` candidates are offered. `is_bare`: the question names an
    aspect or nothing at all, and no procedure: it can only be about what was talked of before.
    """

    outcome: Outcome
    candidates: tuple[Candidate, ...] = ()
    choices: int = 0
    facets: tuple[Facet, ...] = ()
    is_bare: bool = False


class Matcher(Protocol):
    """Anything that understands a cleaned question (`text.clean`). Never raises, keeps no state.

    `topic` is the procedure talked about before, for questions that follow up. `label` gives the
    few words that tell a procedure from its siblings, empty where nobody wrote them.
    """

    def match(self, question: str, topic: ProcedureCode | None = None) -> Match: ...

    def label(self, code: ProcedureCode) -> str: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A question, what it was read as, and everything that speaks for each candidate."""

    reading: Reading
    found: Found
    candidates: Candidates

    def agreed(self, row: int) -> float:
        """The share of the accents typed that the candidate in this row confirms."""
        return float(self.found.agreed[self.candidates.places[row]])


class LexicalMatcher:
    """Names and sayings in an index, candidates by several rankers, an order by learned weights."""

    def __init__(
        self,
        procedures: Iterable[Procedure],
        lexicon: Lexicon | None = None,
        phrasebook: Phrasebook | None = None,
        weights: Weights | None = None,
    ) -> None:
        lexicon = lexicon or shipped_lexicon()
        self._book = phrasebook or shipped_phrasebook()
        self._weights = weights or shipped_weights()
        current = (one for one in procedures if not one.abolished)
        procedures = sorted(current, key=lambda one: one.code)
        self._codes = frozenset(procedure.code for procedure in procedures)
        self._names: dict[str, str] = {
            one.code: self._book.label(one.code) or one.short_name or one.name for one in procedures
        }
        signals = shipped_signals()
        owners, phrases = _gather(procedures, self._book)
        self.owners = tuple(owners)
        self._index = Index(phrases, len(owners))
        self._reader = Reader(self._index, lexicon, signals)
        self._examiner = Examiner(self._index, owners, signals)

    def match(self, question: str, topic: ProcedureCode | None = None) -> Match:
        look = self.look(question, topic)
        facets = look.reading.facets
        codes = [code for code in _CODE.findall(question) if code in self._codes]
        if codes:
            return self._named(tuple(dict.fromkeys(codes)), facets)
        if not look.reading.has_topic:
            return Match(outcome=Outcome.UNKNOWN, facets=facets, is_bare=True)
        if not len(look.candidates.places):
            return Match(outcome=Outcome.UNKNOWN, facets=facets)
        return self.decide(look, self._weights)

    def label(self, code: ProcedureCode) -> str:
        return self._book.label(code)

    def look(self, question: str, topic: str | None = None) -> Look:
        """Everything that is found for a cleaned question, before it is weighed."""
        reading = self._reader.read(question)
        found = self._index.search(reading.query)
        return Look(
            reading=reading,
            found=found,
            candidates=self._examiner.examine(reading, found, topic, self._joined(question, topic)),
        )

    def _joined(self, question: str, topic: str | None) -> Found | None:
        """What is found for a follow-up together with the name of what was talked of."""
        name = self._names.get(topic) if topic else None
        if not name:
            return None
        return self._index.search(self._reader.read(f"{question}, {name}").query)

    def decide(self, look: Look, weights: Weights) -> Match:
        """Order and judge what was found, with these weights."""
        words = len(look.reading.query.words)
        ranked = rank(look.candidates, look.found.unknown, weights, words)
        owners = [self.owners[look.candidates.places[place]] for place in ranked.order]
        here = [
            (owner, chance, row)
            for owner, chance, row in zip(owners, ranked.chances, ranked.order, strict=True)
            if not owner.is_elsewhere
        ]
        told = [(owner, chance) for owner, chance, _ in here[:CANDIDATES]]
        is_named = bool(here) and look.candidates.is_whole(here[0][2])
        outcome, choices = _decide(ranked, [chance for _, chance in told], is_named=is_named)
        if outcome is not Outcome.UNKNOWN and look.agreed(ranked.order[0]) < _AGREED:
            outcome, choices = Outcome.UNKNOWN, 0
        return Match(
            outcome=outcome,
            candidates=tuple(self._candidate(owner.code, chance) for owner, chance in told),
            choices=choices,
            facets=look.reading.facets,
        )

    def _named(self, codes: Sequence[ProcedureCode], facets: tuple[Facet, ...]) -> Match:
        """What a question means that names procedures by their codes: one, or several to choose."""
        told = tuple(self._candidate(code, 1.0) for code in codes)
        if 1 < len(told) <= CHOICES:
            return Match(outcome=Outcome.CLARIFY, candidates=told, choices=len(told), facets=facets)
        return Match(outcome=Outcome.ANSWER, candidates=told, facets=facets)

    def _candidate(self, code: str, chance: float) -> Candidate:
        return Candidate(
            code=ProcedureCode(code), confidence=round(chance, 4), label=self._book.label(code)
        )


def _decide(ranked: Ranked, chances: Sequence[float], *, is_named: bool) -> tuple[Outcome, int]:
    """`is_named`: the question is one of the first procedure's names, word for word."""
    if not chances or (not is_named and (chances[0] < _OFFERED or ranked.known < _KNOWN)):
        return Outcome.UNKNOWN, 0
    if ranked.single >= _SINGLE or len(chances) == 1:
        return Outcome.ANSWER, 0
    offered = sum(chance >= _OFFERED for chance in chances[:CHOICES])
    return Outcome.CLARIFY, max(2, offered)


def _gather(procedures: Sequence[Procedure], book: Phrasebook) -> tuple[list[Owner], list[Phrase]]:
    """The candidates and all their phrases.

    First the procedures, in order of code. Then what the catalogue does not hold, so that it can
    be told: entries of the phrasebook for procedures that are not in it, and what no desk does.
    """
    owners: list[Owner] = []
    phrases: list[Phrase] = []
    for procedure in procedures:
        entry = book.entries.get(procedure.code)
        phrases.extend(_phrases_of(procedure, entry, len(owners)))
        owners.append(_owner_of(procedure, entry))
    names = [
        fold(name)
        for one in procedures
        for name in (one.name, one.short_name, book.label(one.code))
        if name
    ]
    absent = [
        (entry.code, (entry.label, *entry.phrases))
        for entry in _absent(book, {one.code for one in procedures}, names)
    ]
    all_names = "\n".join(names)
    absent += [(one.topic, one.phrases) for one in book.elsewhere if not one.is_in(all_names)]
    for key, said in absent:
        phrases.extend(Phrase(owner=len(owners), text=text) for text in said if text)
        owners.append(Owner(code=f"@{key}", is_elsewhere=True))
    return owners, phrases


def _phrases_of(procedure: Procedure, entry: Entry | None, owner: int) -> Iterable[Phrase]:
    yield Phrase(owner=owner, text=_LEADING.sub("", procedure.name), is_name=True)
    said = (
        procedure.short_name,
        *procedure.aliases,
        *((entry.label, *entry.phrases) if entry else ()),
    )
    for text in dict.fromkeys(said):
        if text:
            yield Phrase(owner=owner, text=text)


def _owner_of(procedure: Procedure, entry: Entry | None) -> Owner:
    return Owner(
        code=procedure.code,
        field=procedure.field,
        asked=int(entry.asked) if entry else None,
        commune=Level.COMMUNE in procedure.levels,
        province=Level.PROVINCE in procedure.levels,
        ministry=Level.MINISTRY in procedure.levels,
        is_outdated=_DISTRICT.search(fold(procedure.agency)) is not None,
        signals=bits_of_name(fold(_LEADING.sub("", procedure.name)), shipped_signals()),
    )


def _absent(book: Phrasebook, present: AbstractSet[str], names: Sequence[str]) -> Iterable[Entry]:
    """Entries for procedures that the catalogue lacks, and has under no other code either."""
    for entry in book.entries.values():
        if entry.code in present or not entry.label:
            continue
        label = fold(entry.label)
        alike = process.extractOne(label, names, scorer=fuzz.token_set_ratio, score_cutoff=_SAME)
        if alike is None:
            yield entry
