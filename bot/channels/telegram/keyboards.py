"""Buttons under a message, and the keyboard that shares the person's own phone."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.telegram.markup import clean, is_visible, units
from bot.messages import Choice, Language
from bot.wording.telegram import telegram_wording

MOST_BUTTONS = 100
"""Buttons of one keyboard; Telegram refuses more."""

MOST_CHOICES = 90
"""Choices with a button; the rest of the keyboard is for exits."""

SHORT_LABEL = 36
"""UTF-16 units that a phone shows of a button as wide as the message."""

_LONGEST_LABEL = 64
_PAIR_LABEL, _FOUR_LABEL = 18, 8


def label_of(choice: Choice, number: int, of: int) -> str:
    """What the button says: with the number that can be typed instead, where there are several."""
    label = " ".join(clean(choice.label).split())
    text = label if is_visible(label) else "…"
    return f"{number}. {text}" if of > 1 else text


def are_long(choices: Sequence[Choice]) -> bool:
    """Whether a phone would cut a label off, or drop it: then the text has to say them in full."""
    labels = [label_of(choice, place, len(choices)) for place, choice in enumerate(choices, 1)]
    return len(choices) > MOST_CHOICES or any(units(label) > SHORT_LABEL for label in labels)


def buttons(
    choices: Sequence[Choice], exits: Sequence[Choice], token: str
) -> Mapping[str, Any] | None:
    """The inline keyboard: a row per choice, exits side by side; None where there are none.

    A button's data is `<token>:<number>`, the number counting choices and then exits from 0.
    Where they are more than a keyboard holds, the last ones can only be typed.
    """
    shown = choices[:MOST_CHOICES]
    rows = [
        [_button(label_of(choice, place + 1, len(choices)), token, place)]
        for place, choice in enumerate(shown)
    ]
    ways_out = [
        _button(label_of(choice, 1, 1), token, len(choices) + place)
        for place, choice in enumerate(exits[: MOST_BUTTONS - len(shown)])
    ]
    width = _columns(ways_out)
    rows += [ways_out[start : start + width] for start in range(0, len(ways_out), width)]
    return {"inline_keyboard": rows} if rows else None


def phone_keyboard(language: Language) -> Mapping[str, Any]:
    """One button that shares the person's own phone; it folds away when it was pressed."""
    say = telegram_wording(language)
    return {
        "keyboard": [[{"text": say.share_phone, "request_contact": True}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
        "input_field_placeholder": say.proof_placeholder,
    }


def _button(label: str, token: str, number: int) -> dict[str, str]:
    return {"text": _cut(label), "callback_data": f"{token}:{number}"}


def _cut(label: str) -> str:
    if units(label) <= _LONGEST_LABEL:
        return label
    kept = label[: _LONGEST_LABEL - 1]
    while units(kept) >= _LONGEST_LABEL:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _columns(row: Sequence[Mapping[str, str]]) -> int:
    """How many buttons stand side by side and can still be read on a phone."""
    longest = max((units(one["text"]) for one in row), default=0)
    if longest <= _FOUR_LABEL:
        return 4
    return 2 if longest <= _PAIR_LABEL else 1
