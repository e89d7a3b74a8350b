"""What Zalo's Open API accepts of a consultation message, by its documentation: pure."""

import re
from collections.abc import Mapping
from typing import Any

MOST_CHARACTERS = 2_000
MOST_BUTTONS = 5
LONGEST_TITLE = 100
LONGEST_SUBTITLE = 500
LONGEST_PAYLOAD = 1_000
LARGEST_FILE = 5 * 1024 * 1024
LARGEST_IMAGE = 1024 * 1024
FILE_KINDS = (".pdf", ".doc", ".docx", ".csv")
IMAGE_KINDS = (".jpg", ".jpeg", ".png")

_WEB = re.compile(r"https?://\S+")
INVALID = (-201, "Params is invalid")
TOO_LONG = (-210, "Message exceeds the maximum length")
NO_FILE = (-100, "Attachment is expired or does not exist")

Problem = tuple[int, str] | None


def problem_of(message: object, tokens: Mapping[str, Any]) -> Problem:
    """The code and words for a message that is refused; None for a good one.

    `tokens` are the uploads that have not expired.
    """
    if not isinstance(message, dict):
        return INVALID
    text, attachment = message.get("text"), message.get("attachment")
    if set(message) - {"text", "attachment", "quote_message_id"}:
        return INVALID
    if text is None and attachment is None:
        return INVALID
    if text is not None:
        if not isinstance(text, str) or not text.strip():
            return INVALID
        if len(text) > MOST_CHARACTERS:
            return TOO_LONG
    return _attachment(attachment, tokens) if attachment is not None else None


def _attachment(attachment: object, tokens: Mapping[str, Any]) -> Problem:
    if not isinstance(attachment, dict) or not isinstance(attachment.get("payload"), dict):
        return INVALID
    payload = attachment["payload"]
    match attachment.get("type"):
        case "file":
            return None if payload.get("token") in tokens else NO_FILE
        case "template" if payload.get("template_type") == "request_user_info":
            return _request(payload.get("elements"))
        case "template":
            return _buttons(payload.get("buttons"))
        case _:
            return INVALID


def _request(elements: object) -> Problem:
    if not isinstance(elements, list) or len(elements) != 1 or not isinstance(elements[0], dict):
        return INVALID
    element = elements[0]
    title, subtitle = element.get("title"), element.get("subtitle")
    fits = (
        _is_text(title, LONGEST_TITLE)
        and _is_text(subtitle, LONGEST_SUBTITLE)
        and _is_text(element.get("image_url"), LONGEST_PAYLOAD)
        and _WEB.fullmatch(element["image_url"])
    )
    return None if fits else INVALID


def _buttons(buttons: object) -> Problem:
    if not isinstance(buttons, list) or not 0 < len(buttons) <= MOST_BUTTONS:
        return INVALID
    for one in buttons:
        if not isinstance(one, dict) or not _is_text(one.get("title"), LONGEST_TITLE):
            return INVALID
        payload = one.get("payload")
        match one.get("type"):
            case "oa.query.show" | "oa.query.hide":
                fits = _is_text(payload, LONGEST_PAYLOAD)
            case "oa.open.url":
                url = payload.get("url") if isinstance(payload, dict) else None
                fits = isinstance(url, str) and bool(_WEB.fullmatch(url))
            case "oa.open.phone":
                fits = isinstance(payload, dict) and _is_text(payload.get("phone_code"), 20)
            case _:
                fits = False
        if not fits:
            return INVALID
    return None


def _is_text(value: object, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= most
