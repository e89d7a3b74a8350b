"""What a person sees of a reply on some channel: messages, and what can be pressed under them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from bot.dialogue.context import exits
from bot.messages import Language
from bot.wording.dialogue import wording

WAYS_OUT = frozenset(
    way.label for language in Language for way in exits(wording(language))
)  # fmt: skip
"""The labels of the ways out: neither Telegram nor Zalo marks them as such."""

_NUMBERED = re.compile(r"(?P<number>\d+)\. (?P<label>.+)")
_TYPED_WAYS = re.compile(r"(?:gõ|type): ([^:\n]+)\.$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """Something to press. `presses` is what the channel hands on when it is."""

    label: str
    presses: str = ""

    @property
    def name(self) -> str:
        """The label without the number that it may bear."""
        return without_number(self.label)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message as it reached a person. `is_changed`: it took an older message's place."""

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    is_changed: bool = False

    def __str__(self) -> str:
        rows = "\n".join(" ".join(f"[{one.label}]" for one in row) for row in self.rows)
        return "\n".join(part for part in (self.text, rows) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A whole reply as it reached a person."""

    messages: tuple[Message, ...]

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.messages))

    @property
    def buttons(self) -> dict[str, Button]:
        """What can be pressed, by its name."""
        return {one.name: one for message in self.messages for row in message.rows for one in row}

    @property
    def choices(self) -> list[str]:
        """What a number picks: numbered buttons, else numbered lines, else a single button.

        An address or a phone that a button opens is no choice.
        """
        buttons = self.buttons.values()
        lines = "\n".join(message.text for message in self.messages).splitlines()
        return (
            [one.name for one in buttons if one.name != one.label]
            or [found["label"] for line in lines if (found := _NUMBERED.fullmatch(line))]
            or [one.name for one in buttons if one.presses and one.name not in WAYS_OUT]
        )

    @property
    def ways_out(self) -> frozenset[str]:
        """The exits, pressed or typed."""
        text = "\n".join(message.text for message in self.messages)
        words = [word for line in _TYPED_WAYS.findall(text) for word in line.split(", ")]
        return WAYS_OUT & {*self.buttons, *words}


def without_number(label: str) -> str:
    """A label as it is without the number before it."""
    found = _NUMBERED.fullmatch(label)
    return found["label"] if found else label


def read_reply(fragment: str) -> Seen:
    """A reply of the web chat as its page shows it to somebody who sees."""
    page = _Page()
    page.feed(fragment)
    page.close()
    rows: list[tuple[Button, ...]] = [(one,) for one in page.choices]
    if page.exits:
        rows.append(tuple(page.exits))
    return Seen(messages=(Message(text=page.text, rows=tuple(rows)),))


_BLOCKS = frozenset({"h2", "h3", "p", "ul", "ol", "dl", "section"})
_NEW_LINES = frozenset({"li", "div", "small"})
_EMPTY = frozenset({"input", "br"})


@dataclass
class _Place:
    """An open element."""

    tag: str
    given: dict[str, str]
    items: int = 0


@dataclass(eq=False)
class _Page(HTMLParser):
    """Reads the text as it stands on the page, marks of lists and boxes included.

    The style sheet writes `1)` before an item whose order matters, and numbers the choices.
    """

    choices: list[Button] = field(default_factory=list)
    exits: list[Button] = field(default_factory=list)
    _written: list[str] = field(default_factory=list)
    _open: list[_Place] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def text(self) -> str:
        lines = (line.rstrip() for line in "".join(self._written).splitlines())
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        place = _Place(tag, {name: value or "" for name, value in attrs})
        if tag in _BLOCKS:
            self._written.append("\n" if self._within("section") else "\n\n")
        elif tag in _NEW_LINES:
            self._written.append("\n")
        self._written.extend(self._marks(place))
        if tag not in _EMPTY:
            self._open.append(place)

    def handle_endtag(self, tag: str) -> None:
        place = self._open.pop()
        if tag == "a":
            self._written.append(f" ({place.given['href']})")
        elif tag == "dt":
            self._written.append(": ")
        elif tag in _BLOCKS:
            self._written.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._open or not data.strip() or self._is_unseen():
            return
        place = self._open[-1]
        if place.tag == "button":
            self._add_button(data.strip(), place)
        else:
            self._written.append(data if place.tag == "p" else data.strip("\n"))

    def _add_button(self, label: str, place: _Place) -> None:
        presses = place.given.get("value", "")
        if self._within("form", "choices"):
            label = f"{len(self.choices) + 1}. {label}"  # the style sheet counts them
            self.choices.append(Button(label=label, presses=presses))
        else:
            self.exits.append(Button(label=label, presses=presses))

    def _marks(self, place: _Place) -> Iterator[str]:
        """What the browser puts before an element."""
        if place.tag == "input" and place.given.get("type") == "checkbox":
            yield "☐ "
        elif place.tag == "small" or (place.tag == "a" and self._within("section", "checklist")):
            yield "    " if place.tag == "small" else "\n    "
        elif place.tag == "li" and not self._within("section") and not self._within("form"):
            above = self._open[-1]
            above.items += 1
            if above.given.get("class") != "timeline":
                yield f"{above.items}) " if above.tag == "ol" else "• "

    def _is_unseen(self) -> bool:
        return any(
            place.given.get("class") == "who" or "hidden" in place.given for place in self._open
        )

    def _within(self, tag: str, name: str = "") -> bool:
        return any(
            place.tag == tag and (not name or place.given.get("class") == name)
            for place in self._open
        )
