"""The parameters of the methods: known ones only, each of its kind."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from bot.simulation.telegram.answers import ApiError, bad_request


class Kind(StrEnum):
    """What a parameter has to be."""

    NUMBER = "a number"
    TEXT = "a text"
    FLAG = "true or false"
    JSON = "an object or a list"
    FILE = "a file or a file id"


_N, _T, _F, _J = Kind.NUMBER, Kind.TEXT, Kind.FLAG, Kind.JSON
_SENDING: Mapping[str, Kind] = {
    "chat_id": _N,
    "message_thread_id": _N,
    "parse_mode": _T,
    "disable_notification": _F,
    "protect_content": _F,
    "reply_parameters": _J,
    "reply_markup": _J,
}
_LANGUAGE: Mapping[str, Kind] = {"language_code": _T}

METHODS: Mapping[str, Mapping[str, Kind]] = {
    "getMe": {},
    "getUpdates": {"offset": _N, "limit": _N, "timeout": _N, "allowed_updates": _J},
    "setWebhook": {
        "url": _T,
        "ip_address": _T,
        "max_connections": _N,
        "allowed_updates": _J,
        "drop_pending_updates": _F,
        "secret_token": _T,
    },
    "deleteWebhook": {"drop_pending_updates": _F},
    "getWebhookInfo": {},
    "sendMessage": {**_SENDING, "text": _T, "entities": _J, "link_preview_options": _J},
    "sendDocument": {**_SENDING, "document": Kind.FILE, "caption": _T, "caption_entities": _J},
    "editMessageText": {
        "chat_id": _N,
        "message_id": _N,
        "text": _T,
        "parse_mode": _T,
        "entities": _J,
        "link_preview_options": _J,
        "reply_markup": _J,
    },
    "editMessageReplyMarkup": {"chat_id": _N, "message_id": _N, "reply_markup": _J},
    "deleteMessage": {"chat_id": _N, "message_id": _N},
    "answerCallbackQuery": {
        "callback_query_id": _T,
        "text": _T,
        "show_alert": _F,
        "url": _T,
        "cache_time": _N,
    },
    "sendChatAction": {"chat_id": _N, "message_thread_id": _N, "action": _T},
    "setMyCommands": {"commands": _J, "scope": _J, **_LANGUAGE},
    "setMyDescription": {"description": _T, **_LANGUAGE},
    "setMyShortDescription": {"short_description": _T, **_LANGUAGE},
    "getFile": {"file_id": _T},
}
"""Every method that is spoken, by its name in the documentation; names are not case-sensitive."""

_BY_NAME = {name.lower(): name for name in METHODS}


def method_named(name: str) -> str:
    """The method's own spelling. Raises the 404 of an unknown one."""
    known = _BY_NAME.get(name.lower())
    if known is None:
        raise ApiError(404, "Not Found")
    return known


def read(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as values. Raises for unknown ones, which the real server ignores."""
    known = METHODS[method]
    read: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            raise bad_request(f'{method} has no parameter "{name}"')
        read[name] = _value(name, known[name], value)
    return read


def _value(name: str, kind: Kind, value: Any) -> Any:
    try:
        match kind:
            case Kind.NUMBER if not isinstance(value, bool):
                return int(value)
            case Kind.TEXT if isinstance(value, str):
                return value
            case Kind.FLAG if str(value).lower() in {"true", "false"}:
                return str(value).lower() == "true"
            case Kind.JSON:
                content = json.loads(value) if isinstance(value, str) else value
                if isinstance(content, dict | list):
                    return content
            case Kind.FILE:
                return value
            case _:
                pass
    except (ValueError, TypeError):
        pass
    raise bad_request(f'parameter "{name}" must be {kind.value}')
