"""Chats of Zalo: a person by the bare id, a group and an anonymous visitor by a marked one."""

import re
from collections.abc import Mapping

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_GROUP = "group:"
_ANONYMOUS = "anonymous:"

PERSON_PATH = "/v3.0/oa/message/cs"
GROUP_PATH = "/v3.0/oa/group/message"


def is_id(text: str) -> bool:
    """Whether it is an id as Zalo writes them; they are text, for they are beyond 2^53."""
    return bool(_ID.fullmatch(text))


def group_chat(group: str) -> str | None:
    """The chat of a group."""
    return f"{_GROUP}{group}" if is_id(group) else None


def anonymous_chat(visitor: str, conversation: str) -> str | None:
    """The chat of a visitor without a name: one conversation, not one person."""
    known = is_id(visitor) and is_id(conversation) and len(visitor + conversation) <= 110
    return f"{_ANONYMOUS}{visitor}:{conversation}" if known else None


def address_of(chat: str) -> tuple[str, Mapping[str, str]]:
    """Where a message to a chat is posted, and its `recipient`."""
    if chat.startswith(_GROUP):
        return GROUP_PATH, {"group_id": chat.removeprefix(_GROUP)}
    if chat.startswith(_ANONYMOUS):
        visitor, _, conversation = chat.removeprefix(_ANONYMOUS).partition(":")
        return PERSON_PATH, {"anonymous_id": visitor, "conversation_id": conversation}
    return PERSON_PATH, {"user_id": chat}
