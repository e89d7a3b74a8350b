"""Webhook events of Zalo into what they mean to the desk: pure, and for any JSON whatever."""

import re
from collections.abc import Mapping
from typing import Any

from bot.channels.base import Arrived, Gone, Heard, Meaning, Picture, Pressed
from bot.channels.zalo.recipient import anonymous_chat, group_chat, is_id
from bot.channels.zalo.signature import read_object, timestamp_of

_SAID = "user_send_"
_SAID_IN_GROUP = "user_send_group_"
_SAID_BY_ANONYMOUS = "anonymous_send_"
_KINDS = {
    "text", "image", "link", "audio", "video", "sticker", "gif", "location", "file",
    "business_card",
}  # fmt: skip

_OPENED = {"follow", "user_click_chatnow"}
_LEFT = {"unfollow", "user_withdraw"}

PRESS = re.compile(
    r"#(?P<token>[A-Za-z0-9_-]{16}):(?P<number>[0-9]{1,3})(?: (?P<label>.*))?", re.DOTALL
)
"""What one of our buttons says in the person's name: `#<token>:<number> <label>`."""

_PHONE = re.compile(r"\+?[0-9]{8,15}")


def arrived(body: bytes) -> Arrived | None:
    """The event as it is kept; None for what needs nothing.

    That are receipts (`user_received_message` has two meanings, and answering either would be an
    echo without end), the account's own messages, reactions, and what people in a group say to
    each other: only what names the account is for us to read.
    """
    event = read_object(body)
    chat = _chat(event)
    if chat is None:
        return None
    name = str(event.get("event_name"))
    message_id = _text(_part(event, "message"), "msg_id")
    key = message_id if is_id(message_id) else f"{name}:{timestamp_of(body)}:{chat}"
    return Arrived(key=key, chat=chat, body=body.decode("utf-8", "replace"))


def understand(body: str) -> Meaning | None:
    """What a kept event means; None for what needs no answer.

    Who follows, or opens the chat for the first time, sees an empty screen: a greeting is owed,
    and it may be sent, since both open the window of 48 hours. So both are heard as "/start".
    Nothing of a dossier is for people without a name: they are answered as a group is.
    `user_withdraw` asks for the end of all that is done with the person's data.
    """
    event = read_object(body)
    if _chat(event) is None:
        return None
    name = str(event.get("event_name"))
    if name in _LEFT:
        return Gone()
    if name in _OPENED:
        return Heard(text="/start")
    if name == "user_submit_info":
        phone = _text(_part(event, "info"), "phone")
        return Heard(phone=phone if _PHONE.fullmatch(phone) else "")
    message = _part(event, "message")
    if name.startswith((_SAID_IN_GROUP, _SAID_BY_ANONYMOUS)):
        return Heard(text=_text(message, "text"), in_group=True)
    return _heard(name.removeprefix(_SAID), message)


def _heard(kind: str, message: Mapping[str, Any]) -> Heard:
    said = _text(message, "text")
    press = PRESS.fullmatch(said) if kind == "text" else None
    if press:
        pressed = Pressed(token=press["token"], number=int(press["number"]))
        return Heard(text=press["label"] or "", pressed=pressed)
    if kind == "image":
        url = _image(message)
        return Heard(text=said, picture=Picture(reference=url) if url else None)
    # A text with an address in it comes as a link; the rest has no words, and the desk says so.
    return Heard(text=said if kind in {"text", "link"} else "")


def _chat(event: Mapping[str, Any]) -> str | None:
    """Whose order the event stands in, or None when it is not for us."""
    name = event.get("event_name")
    if not isinstance(name, str):
        return None
    message, sender = _part(event, "message"), _text(_part(event, "sender"), "id")
    if name.startswith(_SAID_IN_GROUP):
        group, account = _text(_part(event, "recipient"), "id"), _text(event, "oa_id")
        names_us = bool(account) and f"[@{account}]" in _text(message, "text")
        return group_chat(group) if names_us else None
    if name.startswith(_SAID_BY_ANONYMOUS):
        return anonymous_chat(sender, _text(message, "conversation_id"))
    if (
        name.startswith(_SAID) and name.removeprefix(_SAID) in _KINDS
    ) or name == "user_submit_info":
        return sender if is_id(sender) else None
    if name in _OPENED | _LEFT:
        subject = _text(_part(event, "follower"), "id") or _text(event, "user_id")
        return subject if is_id(subject) else None
    return None


def _image(message: Mapping[str, Any]) -> str:
    attachments = message.get("attachments")
    for one in attachments if isinstance(attachments, list) else ():
        if isinstance(one, dict) and one.get("type") in {"image", "photo"}:
            return _text(_part(one, "payload"), "url")
    return ""


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = of.get(name)
    return part if isinstance(part, dict) else {}


def _text(of: Mapping[str, Any], name: str) -> str:
    """A text, or a number as text: ids are beyond 2^53 and some events give them bare."""
    value = of.get(name)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if isinstance(value, str) or is_number else ""
