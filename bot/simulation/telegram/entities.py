"""Telegram's HTML, read as strictly as the Bot API reads it."""

import re
from dataclasses import dataclass

from telegram import MessageEntity

from bot.simulation.telegram.answers import bad_request

_TAGS = {
    "b": MessageEntity.BOLD,
    "strong": MessageEntity.BOLD,
    "i": MessageEntity.ITALIC,
    "em": MessageEntity.ITALIC,
    "u": MessageEntity.UNDERLINE,
    "ins": MessageEntity.UNDERLINE,
    "s": MessageEntity.STRIKETHROUGH,
    "strike": MessageEntity.STRIKETHROUGH,
    "del": MessageEntity.STRIKETHROUGH,
    "tg-spoiler": MessageEntity.SPOILER,
    "a": MessageEntity.TEXT_LINK,
    "code": MessageEntity.CODE,
    "pre": MessageEntity.PRE,
    "blockquote": MessageEntity.BLOCKQUOTE,
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CHARACTER = re.compile(r"&(?:#(?P<code>x[0-9a-fA-F]+|[0-9]+)|(?P<name>lt|gt|amp|quot));?")
_START = re.compile(r"<(?P<name>[^\s>/]*)(?P<rest>[^>]*)>")
_END = re.compile(r"</(?P<name>[^\s>]*)\s*>")
_ATTRIBUTE = re.compile(r"\s+(?P<name>[a-z_-]+)(?:=(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[\w.-]+)))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Open:
    name: str
    url: str
    offset: int


def units(text: str) -> int:
    """UTF-16 units, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[MessageEntity]]:
    """The text and its entities. Raises the Bot API's "can't parse entities"."""
    text: list[str] = []
    offset = place = 0
    stack: list[_Open] = []
    entities: list[MessageEntity] = []
    while place < len(source):
        char = source[place]
        if char == "<":
            if source.startswith("</", place):
                place = _close(source, place, stack, offset, entities)
            else:
                opened, place = _opened(source, place, offset)
                stack.append(opened)
            continue
        shown, place = _character(source, place)
        text.append(shown)
        offset += units(shown)
    if stack:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{stack[-1].name}"')
    return "".join(text), sorted(entities, key=lambda one: (one.offset, -one.length))


def _opened(source: str, place: int, offset: int) -> tuple[_Open, int]:
    found = _START.match(source, place)
    at = len(source[:place].encode("utf-8", "surrogatepass"))
    if not found:
        raise _cannot(f"Unclosed start tag at byte offset {at}")
    name = found["name"].lower()
    if name not in _TAGS:
        raise _cannot(f'Unsupported start tag "{name}" at byte offset {at}')
    attributes = dict[str, str]()
    rest = found["rest"]
    while rest.strip():
        attribute = _ATTRIBUTE.match(rest)
        if not attribute:
            raise _cannot(f'Unexpected attribute in the tag "{name}" at byte offset {at}')
        attributes[attribute["name"]] = attribute["quoted"] or attribute["bare"] or ""
        rest = rest[attribute.end() :]
    url = _decoded(attributes.get("href", "")) if name == "a" else ""
    return _Open(name=name, url=url, offset=offset), found.end()


def _close(
    source: str, place: int, stack: list[_Open], offset: int, entities: list[MessageEntity]
) -> int:
    at = len(source[:place].encode("utf-8", "surrogatepass"))
    if not stack:
        raise _cannot(f"Unexpected end tag at byte offset {at}")
    found = _END.match(source, place)
    if not found:
        raise _cannot(f"Unclosed end tag at byte offset {at}")
    opened, name = stack.pop(), found["name"].lower()
    if name and name != opened.name:
        raise _cannot(
            f'Unmatched end tag at byte offset {at}, expected "</{opened.name}>", found "</{name}>"'
        )
    is_link = opened.name == "a"
    if offset > opened.offset and (not is_link or opened.url):
        entities.append(
            MessageEntity(
                type=_TAGS[opened.name],
                offset=opened.offset,
                length=offset - opened.offset,
                url=opened.url if is_link else None,
            )
        )
    return found.end()


def _character(source: str, place: int) -> tuple[str, int]:
    found = _CHARACTER.match(source, place)
    if not found:
        return source[place], place + 1
    if found["name"]:
        return _NAMED[found["name"]], found.end()
    code = found["code"]
    number = int(code[1:], 16) if code.startswith("x") else int(code)
    if not 0 < number < 0x110000:
        return source[place], place + 1
    return chr(number), found.end()


def _decoded(text: str) -> str:
    shown, place = [], 0
    while place < len(text):
        char, place = _character(text, place)
        shown.append(char)
    return "".join(shown)


def _cannot(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")
