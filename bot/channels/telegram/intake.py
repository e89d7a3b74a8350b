"""Telegram's updates, read: what arrived, as it is kept, and what it means. Pure; trusts nothing.

An update is somebody else's JSON even when the secret header was right: shapes are checked before
anything is kept, and python-telegram-bot reads the rest behind one border that turns whatever it
raises into "means nothing".
"""

import hmac
import json
import re
from collections.abc import Iterable
from typing import Any

from telegram import (
    CallbackQuery,
    ChatMember,
    ChatMemberUpdated,
    Document,
    Message,
    MessageEntity,
    PhotoSize,
    Update,
)
from telegram.constants import ChatType, MessageEntityType

from bot.channels.base import Arrived, Back, Gone, Heard, Meaning, Moved, Picture, Pressed
from bot.channels.telegram.commands import in_words, is_for_us, start_reference, without_name
from bot.messages import Language

ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
"""The kinds we ask Telegram for: what a person says and presses, and whether we are blocked."""

LARGEST_FILE = 20 * 1024 * 1024
"""Bytes: what a bot may download (Bot API, getFile)."""

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

_BIGGEST = 2**63
_PRESSED = re.compile(r"(?P<token>[A-Za-z0-9_-]{1,60}):(?P<number>[0-9]{1,3})")
_ONE_OF_SEVERAL = re.compile(r"\([0-9]+/[0-9]+\)\s")
_TICK = "☐"
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{4,24}")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")  # file ids and ids of presses
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/bmp"})


def comes_from_telegram(secrets: Iterable[str], header: str | None) -> bool:
    """Whether the secret header holds one of our secrets (two while one is being replaced).

    Every secret is compared, in the same time wherever they differ; an empty one never matches.
    """
    given = (header or "").encode("utf-8", "surrogateescape")
    is_right = False
    for secret in secrets:
        is_right |= bool(secret) and hmac.compare_digest(secret.encode(), given)
    return is_right


def arrived(body: bytes) -> Arrived | None:
    """One update as it is kept, or None for what is no update (then there is nothing to keep)."""
    try:
        text = body.decode("utf-8")
        update = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(update, dict) or not _is_id(update.get("update_id")):
        return None
    place = update["update_id"]
    if place < 0:
        return None
    return Arrived(key=str(place), chat=_chat_of(update), body=text, place=place)


def understand(body: str, *, bot: str = "") -> Meaning | None:
    """What a kept update means; None for what needs no answer. Never raises.

    `bot` is our user name: in groups only commands and mentions of it are meant for us. Only our
    own private conversation with a person carries phones, pictures, references or presses; from
    everywhere else a message is no more than "somebody spoke to us in a group".
    """
    try:
        update = Update.de_json(json.loads(body), None)
    except Exception:  # noqa: BLE001 - a border: the library raises what it likes for odd shapes
        return None
    try:
        if update.message:
            return _message(update.message, bot)
        if update.callback_query:
            return _press(update.callback_query)
        if update.my_chat_member:
            return _membership(update.my_chat_member)
    except (TypeError, ValueError, AttributeError, KeyError, OverflowError):
        return None  # a field that holds another type than Telegram's documentation says
    return None


def _message(message: Message, bot: str) -> Meaning | None:
    if message.migrate_to_chat_id:
        return Moved(to=str(_checked(message.migrate_to_chat_id)))
    sender = message.from_user
    if sender is None or sender.is_bot or message.sender_chat or message.edit_date:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return _in_group(message, bot)
    if _checked(message.chat.id) != _checked(sender.id):
        return None
    if message.contact:
        return Heard(phone=_own_phone(message))
    picture = _picture(message)
    written = message.text or message.caption or ""
    if not (written or picture or message.effective_attachment):
        return None  # a service message: pinned, timer changed
    is_start = bool(re.match(r"/start(@|\s|$)", written))
    text = without_name(written)
    return Heard(
        text="/start" if is_start else in_words(text),
        picture=picture,
        start=start_reference(text) if is_start and not message.forward_origin else "",
        language=_language(sender.language_code) if is_start else None,
    )


def _in_group(message: Message, bot: str) -> Heard | None:
    """Somebody spoke to us where others read along; other talk is none of our business."""
    if message.chat.type not in {ChatType.GROUP, ChatType.SUPERGROUP} or message.forward_origin:
        return None
    text = message.text or message.caption or ""
    if not (is_for_us(text, bot) or _mentions(message, bot)):
        return None
    return Heard(text=without_name(text), in_group=True)


def _mentions(message: Message, bot: str) -> bool:
    if not bot:
        return False
    found: dict[MessageEntity, str] = {
        **message.parse_entities([MessageEntityType.MENTION]),
        **message.parse_caption_entities([MessageEntityType.MENTION]),
    }
    return any(name.casefold() == f"@{bot}".casefold() for name in found.values())


def _press(query: CallbackQuery) -> Heard | None:
    """A press under a message of ours; those of inline messages and of strange data are None."""
    if query.message is None or query.from_user.is_bot:
        return None
    if query.message.chat.type != ChatType.PRIVATE:
        return Heard(in_group=True, press=_name(query.id))
    found = _PRESSED.fullmatch(query.data or "")
    if not found or _checked(query.message.chat.id) != _checked(query.from_user.id):
        return None
    return Heard(
        pressed=Pressed(token=found["token"], number=int(found["number"])),
        message=_changeable(query),
        press=_name(query.id),
    )


def _changeable(query: CallbackQuery) -> str:
    """The pressed message, where a new reply may take its place.

    A tick-list, or one part of several, stays: its reader still needs it.
    """
    message = query.message
    if not isinstance(message, Message) or not message.text:
        return ""
    if _TICK in message.text or _ONE_OF_SEVERAL.match(message.text):
        return ""
    return str(_checked(message.message_id))


def _membership(change: ChatMemberUpdated) -> Gone | Back:
    """Blocked or thrown out, or let in again."""
    member = change.new_chat_member
    is_out = member.status in {ChatMember.LEFT, ChatMember.BANNED} or (
        member.status == ChatMember.RESTRICTED and not getattr(member, "is_member", False)
    )
    return Gone() if is_out else Back()


def _own_phone(message: Message) -> str:
    """The phone that Telegram vouches for: the sender's own card, shared here and now.

    A card of somebody else, one without an id, one passed on or edited shares nothing.
    """
    contact, sender = message.contact, message.from_user
    if contact is None or sender is None or message.forward_origin or message.via_bot:
        return ""
    if contact.user_id is None or contact.user_id != sender.id:
        return ""
    return contact.phone_number if _PHONE.fullmatch(contact.phone_number) else ""


def _picture(message: Message) -> Picture | None:
    """The largest size of a photo, or an image sent as a file, within what may be downloaded."""
    sizes: list[PhotoSize | Document] = list(message.photo)
    document = message.document
    if document and document.mime_type in _PICTURES:
        sizes.append(document)
    fitting = [size for size in sizes if (size.file_size or 0) <= LARGEST_FILE]
    reference = _name(max(fitting, key=_area).file_id) if fitting else ""
    return Picture(reference=reference) if reference else None


def _area(size: PhotoSize | Document) -> int:
    return size.width * size.height if isinstance(size, PhotoSize) else 0


def _language(code: str | None) -> Language:
    """Vietnamese, unless the person's application clearly speaks another language."""
    return Language.EN if code and not code.lower().startswith("vi") else Language.VI


def _name(text: str) -> str:
    return text if _NAME.fullmatch(text) else ""


def _checked(number: int) -> int:
    if not _is_id(number):
        raise ValueError("not an id")
    return number


def _is_id(value: object) -> bool:
    """Whether it is a number that both our databases can keep."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _BIGGEST


def _chat_of(update: dict[str, Any]) -> str:
    """Whose order an update stands in: its chat, else its sender, else nobody's."""
    for content in update.values():
        if not isinstance(content, dict):
            continue
        nested = content.get("message")
        holders = [content, nested if isinstance(nested, dict) else {}]
        for chat in [*(holder.get("chat") for holder in holders), content.get("from")]:
            if isinstance(chat, dict) and _is_id(chat.get("id")):
                return str(chat["id"])
    return ""
