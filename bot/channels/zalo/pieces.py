"""Long text into messages that Zalo takes: cleaned, in NFC, cut where a reader would cut."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

MOST_CHARACTERS = 2_000
"""The longest text of one message."""

ROOM = MOST_CHARACTERS - 20
"""What we use of it: the mark of a repeated message must still fit."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_CUTS = (re.compile(r"\n\n+"), re.compile(r"\n"), re.compile(r"(?<=[.!?;:,]) "), re.compile(r" "))


def clean(text: str) -> str:
    """In NFC (decomposed Vietnamese is a quarter longer), without what JSON or a phone chokes on.

    Lone surrogates become a replacement mark; control characters but tab and line break go.
    """
    sound = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", sound))


def length(text: str) -> int:
    """Characters as the platform may count them: those beyond the first plane count twice."""
    return len(text) + sum(char > "\uffff" for char in text)


def pieces(text: str, room: int = ROOM) -> Sequence[str]:
    """The text in parts of at most `room`, cut at paragraphs, else lines, sentences, words."""
    return list(_pieces(clean(text).strip(), room, _CUTS))


def shortened(text: str, most: int) -> str:
    """One line of at most `most` characters."""
    line = " ".join(clean(text).split())
    if length(line) <= most:
        return line
    return _fitting(line, most - 1).rstrip() + "…"


def _pieces(text: str, room: int, cuts: Sequence[re.Pattern[str]]) -> Iterator[str]:
    if length(text) <= room:
        if text:
            yield text
        return
    if not cuts:
        while text:
            first = _fitting(text, room)
            yield first
            text = text[len(first) :]
        return
    taken = ""
    for part, joint in _parts(text, cuts[0]):
        longer = taken + part
        if length(longer.rstrip()) <= room:
            taken = longer + joint
            continue
        if taken.strip():
            yield taken.strip()
        *whole, last = _pieces(part, room, cuts[1:]) if part.strip() else [""]
        yield from whole
        taken = last + joint
    if taken.strip():
        yield taken.strip()


def _parts(text: str, cut: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Each part with the joint that follows it."""
    start = 0
    for joint in cut.finditer(text):
        yield text[start : joint.start()], joint[0]
        start = joint.end()
    yield text[start:], ""


def _fitting(text: str, room: int) -> str:
    """As much of the beginning as fits; at least one character, so that an end comes."""
    taken = 0
    for place, char in enumerate(text):
        taken += length(char)
        if taken > room and place:
            return text[:place]
    return text
