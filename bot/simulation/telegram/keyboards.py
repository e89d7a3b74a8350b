"""The shape of `reply_markup`, checked."""

from collections.abc import Mapping
from typing import Any

from bot.simulation.telegram.answers import bad_request
from bot.simulation.telegram.entities import units

MOST_BUTTONS, MOST_IN_A_ROW = 100, 8

_REPLY_KEYS = {
    "keyboard": list,
    "resize_keyboard": bool,
    "one_time_keyboard": bool,
    "is_persistent": bool,
    "selective": bool,
    "input_field_placeholder": str,
}


def check(markup: Any, *, is_private: bool) -> None:
    """Raise what the Bot API says to a keyboard of the wrong shape."""
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        _only(markup, {"inline_keyboard": list})
        for button in _buttons(markup["inline_keyboard"]):
            _check_inline(button)
    elif "keyboard" in markup:
        _only(markup, _REPLY_KEYS)
        if units(markup.get("input_field_placeholder", "")) > 64:
            raise bad_request("input field placeholder is too long")
        for button in _buttons(markup["keyboard"]):
            _check_reply(button, is_private=is_private)
    elif markup.get("remove_keyboard") is True:
        _only(markup, {"remove_keyboard": bool, "selective": bool})
    else:
        raise bad_request("can't parse reply keyboard markup JSON object")


def _buttons(rows: Any) -> list[Mapping[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("field of the keyboard must be an Array of Arrays")
    if any(len(row) > MOST_IN_A_ROW for row in rows):
        raise bad_request("too many buttons in a row")
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    for button in buttons:
        text = button.get("text") if isinstance(button, dict) else None
        if not isinstance(text, str) or not text.strip():
            raise bad_request("keyboard button text must be non-empty")
    return buttons


def _check_inline(button: Mapping[str, Any]) -> None:
    _only(button, {"text": str, "callback_data": str, "url": str})
    if ("callback_data" in button) == ("url" in button):
        raise bad_request("text buttons are not allowed in the inline keyboard")
    if "url" in button and not button["url"].startswith(("https://", "http://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(data.encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_reply(button: Mapping[str, Any], *, is_private: bool) -> None:
    _only(button, {"text": str, "request_contact": bool, "request_location": bool})
    if button.get("request_contact") and not is_private:
        raise bad_request("phone number can be requested in private chats only")


def _only(given: Mapping[str, Any], known: Mapping[str, type]) -> None:
    for name, value in given.items():
        if name not in known:
            raise bad_request(f'unknown field "{name}" in the keyboard')
        if not isinstance(value, known[name]):
            raise bad_request(f'field "{name}" of the keyboard has the wrong type')
