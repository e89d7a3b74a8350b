"""Text with bold, slanted and linked stretches: measured as Telegram measures, written at the end.

Nothing is escaped before `to_html`, and nothing is markup but what a `Span` says.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import urlsplit

LONGEST_TEXT = 4096
"""UTF-16 units of one message after its entities are parsed (Bot API, sendMessage)."""

MOST_ENTITIES = 100
"""Stretches of one message that may have a style (Bot API, "at most 100")."""

LONGEST_URL = 2048

_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f\u2028-\u202e\u2066-\u2069\ufeff]+")
_WEB = re.compile(r"https?://[^\s<>\"'\x00-\x20]+", re.IGNORECASE)


_UNSEEN_KINDS = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs", "Mn", "Me"})
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")


class Style(StrEnum):
    """What a stretch looks like."""

    PLAIN = ""
    BOLD = "b"
    SLANTED = "i"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of a line in one style, or one that leads to `url`."""

    text: str
    style: Style = Style.PLAIN
    url: str = ""

    @property
    def entities(self) -> int:
        """How many of Telegram's entities it costs."""
        return int(bool(self.url or self.style))


Line = tuple[Span, ...]
Paragraphs = list[list[Line]]


def plain(text: str) -> Span:
    """A stretch without style."""
    return Span(text=clean(text))


def bold(text: str) -> Span:
    """A bold stretch; empty text stays without style."""
    return _styled(text, Style.BOLD)


def slanted(text: str) -> Span:
    """A slanted stretch."""
    return _styled(text, Style.SLANTED)


def link(text: str, url: str) -> Span:
    """A stretch that opens a page; plain text where the address is none of the web."""
    shown = clean(text)
    return Span(text=shown, url=url if is_visible(shown) and is_web(url) else "")


def is_web(url: str) -> bool:
    """Whether it leads to the web: never javascript:, data: or a bare word."""
    if len(url) > LONGEST_URL or not _WEB.fullmatch(url) or not url.isprintable():
        return False
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def clean(text: str) -> str:
    """The text as Telegram can show it: no control or direction characters, no half characters."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNSEEN.sub(" ", whole)


def units(text: str) -> int:
    """UTF-16 units: what Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def lines_of(text: str, style: Style = Style.PLAIN) -> list[Line]:
    """A text of several lines; blank ones at its ends are dropped."""
    return [(_styled(line, style),) for line in text.strip().split("\n")]


def to_html(lines: Sequence[Line]) -> str:
    """The lines as Telegram's HTML: the one place where anything is escaped."""
    return "\n".join("".join(_written(span) for span in line) for line in lines)


def split(paragraphs: Paragraphs, room: int, entities: int = MOST_ENTITIES) -> list[list[Line]]:
    """Parts within the limits: between paragraphs if possible, else between lines, else in one."""
    parts: list[list[Line]] = []
    part = _Part(room=room, entities=entities)
    for paragraph in paragraphs:
        pieces = [piece for line in paragraph for piece in _fitting(line, room, entities)]
        if not any(is_visible(span.text) for line in pieces for span in line):
            continue
        if not part.takes(pieces, gap=True) and part.lines:
            parts.append(part.lines)
            part = _Part(room=room, entities=entities)
        for place, line in enumerate(pieces):
            if not part.takes([line], gap=place == 0):
                parts.append(part.lines)
                part = _Part(room=room, entities=entities)
            part.add(line, gap=place == 0)
    if part.lines:
        parts.append(part.lines)
    return parts


@dataclass(kw_only=True, slots=True)
class _Part:
    """One message being filled."""

    room: int
    entities: int
    lines: list[Line] = field(default_factory=list)

    def takes(self, lines: Sequence[Line], *, gap: bool) -> bool:
        size = sum(_size(line) + 1 for line in lines) + (1 if gap and self.lines else 0)
        cost = sum(_cost(line) for line in lines)
        return size <= self.room + 1 and cost <= self.entities

    def add(self, line: Line, *, gap: bool) -> None:
        if gap and self.lines:
            self.lines.append(())
            self.room -= 1
        self.lines.append(line)
        self.room -= _size(line) + 1
        self.entities -= _cost(line)


def _fitting(line: Line, room: int, entities: int) -> Iterator[Line]:
    """A line as lines that fit: at spaces where there are any."""
    if _size(line) <= room and _cost(line) <= entities:
        yield line
        return
    now: Line = ()
    size = 0
    for span in _words(line, room):
        longer, more = _joined(now, span), units(span.text)
        if now and (size + more > room or _cost(longer) > entities):
            yield now
            longer, size = (span,), 0
        now, size = longer, size + more
    if now:
        yield now


def _joined(line: Line, span: Span) -> Line:
    """The line with one more stretch, which continues the last one where both look the same."""
    if line and replace(line[-1], text="") == replace(span, text=""):
        return (*line[:-1], replace(span, text=line[-1].text + span.text))
    return (*line, span)


def _words(line: Line, room: int) -> Iterator[Span]:
    for span in line:
        for word in re.findall(r"\s*\S+\s*|\s+", span.text):
            for piece in _chopped(word, room):
                yield replace(span, text=piece)


def _chopped(word: str, room: int) -> Iterator[str]:
    """A word too long for a message, cut between characters."""
    if units(word) <= room:
        yield word
        return
    step = room // 2  # no character has more than two units
    for start in range(0, len(word), step):
        yield word[start : start + step]


def is_visible(text: str) -> bool:
    """Whether Telegram would find anything in it: a message of blanks alone is refused."""
    return any(
        unicodedata.category(char) not in _UNSEEN_KINDS and char not in _BLANKS for char in text
    )


def _written(span: Span) -> str:
    text = html.escape(span.text, quote=False)
    if span.url:
        return f'<a href="{html.escape(span.url)}">{text}</a>'
    return f"<{span.style}>{text}</{span.style}>" if span.style else text


def _styled(text: str, style: Style) -> Span:
    shown = clean(text)
    return Span(text=shown, style=style if is_visible(shown) else Style.PLAIN)


def _size(line: Iterable[Span]) -> int:
    return sum(units(span.text) for span in line)


def _cost(line: Iterable[Span]) -> int:
    return sum(span.entities for span in line)
