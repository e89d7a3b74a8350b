"""The methods of the Bot API that are answered from what the fake remembers."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from telegram import Document, MessageEntity

from bot.simulation.telegram.answers import bad_request
from bot.simulation.telegram.entities import parse_html, units
from bot.simulation.telegram.keyboards import check
from bot.simulation.telegram.world import Kept, Room, World

LONGEST_TEXT, LONGEST_CAPTION, MOST_ENTITIES = 4096, 1024, 100
PRESS_LIFE = dt.timedelta(minutes=15)

_ACTIONS = {"typing", "upload_document", "upload_photo"}
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")

Parameters = Mapping[str, Any]


def get_me(world: World, _given: Parameters) -> Any:
    """Who the token belongs to."""
    return world.me.to_dict()


def send_message(world: World, given: Parameters) -> Any:
    """Text, after its entities are parsed 1 to 4096 units."""
    room = world.room_for_us(_needed(given, "chat_id"))
    text, entities = _text(given, "text", LONGEST_TEXT)
    markup = _markup(given, room)
    kept = world.post(room, source=given["text"], markup=markup, text=text, entities=entities)
    return kept.message.to_dict()


def send_document(world: World, given: Parameters) -> Any:
    """A file, uploaded with the request."""
    room = world.room_for_us(_needed(given, "chat_id"))
    content = _needed(given, "document")
    if not hasattr(content, "file"):
        raise bad_request("wrong file identifier/HTTP URL specified")
    data = content.file.read()
    if not data:
        raise bad_request("file must be non-empty")
    reference = f"document-{room.chat.id}-{room.last_id + 1}"
    world.files[reference] = data
    caption, entities = _text(given, "caption", LONGEST_CAPTION, may_be_empty=True)
    document = Document(reference, reference, file_name=content.filename, file_size=len(data))
    kept = world.post(
        room,
        source=given.get("caption", ""),
        markup=_markup(given, room),
        document=document,
        caption=caption or None,
        caption_entities=entities,
    )
    return kept.message.to_dict()


def edit_message_text(world: World, given: Parameters) -> Any:
    """Another text in a message of the bot that shows no keyboard but inline ones."""
    room, kept = _ours(world, given)
    if kept.message.text is None:
        raise bad_request("there is no text in the message to edit")
    text, entities = _text(given, "text", LONGEST_TEXT)
    markup = _markup(given, room)
    before = (kept.message.text, list(kept.message.entities), kept.markup)
    if before == (text, entities, markup):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    number = kept.message.message_id
    changed = world.replace(
        room, number, source=given["text"], markup=markup, text=text, entities=entities
    )
    return changed.message.to_dict()


def edit_message_reply_markup(world: World, given: Parameters) -> Any:
    """Other inline buttons under the same text."""
    room, kept = _ours(world, given)
    markup = _markup(given, room)
    if markup == kept.markup:
        raise bad_request("message is not modified")
    message = kept.message
    changed = world.replace(
        room,
        message.message_id,
        source=kept.source,
        markup=markup,
        text=message.text,
        entities=message.entities,
    )
    return changed.message.to_dict()


def delete_message(world: World, given: Parameters) -> Any:
    """Take a message away; the keyboard that it showed goes with it."""
    room = world.room_for_us(_needed(given, "chat_id"))
    number = _needed(given, "message_id")
    if room.messages.pop(number, None) is None:
        raise bad_request("message to delete not found")
    if room.keyboard == number:
        room.keyboard = None
    return True


def answer_callback_query(world: World, given: Parameters) -> Any:
    """Acknowledge a press: once, and not after 15 minutes."""
    at = world.presses.pop(_needed(given, "callback_query_id"), None)
    if at is None or world.now() - at > PRESS_LIFE:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    return True


def send_chat_action(world: World, given: Parameters) -> Any:
    """Show that the bot is writing."""
    world.room_for_us(_needed(given, "chat_id"))
    if _needed(given, "action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def set_my_commands(world: World, given: Parameters) -> Any:
    """The menu, at most 100 commands."""
    commands = _needed(given, "commands")
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad_request("too many commands")
    for one in commands:
        if set(one) != {"command", "description"} or not _COMMAND.fullmatch(one["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(one["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.settings["commands", given.get("language_code", "")] = commands
    return True


def set_my_description(world: World, given: Parameters) -> Any:
    """What an empty chat shows, at most 512 characters."""
    return _describe(world, given, "description", 512)


def set_my_short_description(world: World, given: Parameters) -> Any:
    """What the profile shows, at most 120 characters."""
    return _describe(world, given, "short_description", 120)


def get_file(world: World, given: Parameters) -> Any:
    """Where a file can be downloaded, up to 20 MB."""
    reference = _needed(given, "file_id")
    data = world.files.get(reference)
    if data is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(data) > 20 * 1024 * 1024:
        raise bad_request("file is too big")
    return {
        "file_id": reference,
        "file_unique_id": reference,
        "file_size": len(data),
        "file_path": f"files/{reference}",
    }


RUN: Mapping[str, Callable[[World, Parameters], Any]] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "sendDocument": send_document,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
    "setMyCommands": set_my_commands,
    "setMyDescription": set_my_description,
    "setMyShortDescription": set_my_short_description,
    "getFile": get_file,
}


def _describe(world: World, given: Parameters, name: str, longest: int) -> bool:
    text = given.get(name, "")
    if len(text) > longest:
        raise bad_request(f"{name} is too long")
    world.settings[name, given.get("language_code", "")] = text
    return True


def _needed(given: Parameters, name: str) -> Any:
    if name not in given:
        raise bad_request(f'parameter "{name}" is required')
    return given[name]


def _ours(world: World, given: Parameters) -> tuple[Room, Kept]:
    """A message of the bot that can be changed."""
    room = world.room_for_us(_needed(given, "chat_id"))
    kept = room.messages.get(_needed(given, "message_id"))
    if kept is None:
        raise bad_request("message to edit not found")
    has_other_keyboard = kept.markup is not None and "inline_keyboard" not in kept.markup
    if kept.message.from_user != world.me or has_other_keyboard:
        raise bad_request("message can't be edited")
    return room, kept


def _markup(given: Parameters, room: Room) -> dict[str, Any] | None:
    markup: dict[str, Any] | None = given.get("reply_markup")
    if markup is not None:
        check(markup, is_private=room.is_private)
    return markup


def _text(
    given: Parameters, name: str, longest: int, *, may_be_empty: bool = False
) -> tuple[str, list[MessageEntity]]:
    source, mode = given.get(name, ""), given.get("parse_mode", "")
    if mode not in {"", "HTML"}:
        raise bad_request("unsupported parse_mode")
    text, entities = parse_html(source) if mode else (source, [])
    if not text.strip() and not may_be_empty:
        raise bad_request("message text is empty")
    if units(text) > longest:
        raise bad_request(
            "message is too long" if name == "text" else "message caption is too long"
        )
    if len(entities) > MOST_ENTITIES:
        raise bad_request("too many entities")
    return text, entities
