"""Replies as Telegram's payloads: HTML within its limits, buttons on the last part. Pure.

A payload is the parameters of one method of the Bot API with the method's name beside them, and
for a document its content as text.
"""

from collections.abc import Iterable
from typing import Any

from bot.channels.base import Letter, Occasion, Payload
from bot.channels.telegram.keyboards import are_long, buttons, label_of, phone_keyboard
from bot.channels.telegram.markup import (
    LONGEST_TEXT,
    Line,
    Paragraphs,
    bold,
    clean,
    is_visible,
    is_web,
    lines_of,
    link,
    plain,
    slanted,
    split,
    to_html,
)
from bot.messages import (
    Block,
    Checklist,
    Facts,
    Heading,
    Items,
    OwnData,
    Paragraph,
    Reply,
    Source,
    Tick,
    Timeline,
    Weblink,
)
from bot.wording.telegram import telegram_wording

REPEAT_MARK = "(gửi lại)"
"""What a message says that may have arrived before."""

_ROOM = LONGEST_TEXT - 32
"""Units of a part: the rest is for `(2/3)` and for the mark of a repeat."""

_FILE_NAME = "motcua.json"
_LONGEST_CAPTION = 200


def render(reply: Reply, occasion: Occasion) -> Letter:
    """The reply as payloads within the limits; every choice stays reachable.

    Links are links in the text, never buttons: an address that Telegram does not like costs the
    link there, and would cost the whole message as a button.
    """
    keyboard = buttons(reply.choices, reply.exits, occasion.token)
    parts = split(_paragraphs(reply), _ROOM) or [lines_of(telegram_wording(reply.language).nothing)]
    asks_phone = reply.asks_proof and not occasion.in_group
    hands_over = occasion.own_data and any(isinstance(one, OwnData) for one in reply.blocks)
    payloads: list[Payload] = [_document(reply, occasion.own_data)] if hands_over else []
    for number, part in enumerate(parts, 1):
        text = to_html(part)
        if len(parts) > 1:
            text = f"({number}/{len(parts)}) {text}"
        payloads.append(_message(text, keyboard if number == len(parts) else None))
    if occasion.message and len(payloads) == 1 and not asks_phone:
        payloads = [_in_place(payloads[0], occasion.message)]
    if asks_phone:
        hint = to_html(lines_of(telegram_wording(reply.language).share_phone_hint))
        payloads.append(_message(hint, phone_keyboard(reply.language)))
    actions = [choice.action for choice in (*reply.choices, *reply.exits)]
    return Letter(payloads=payloads, buttons=actions)


def _message(html: str, keyboard: Any) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "method": "sendMessage",
        "text": html,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    return {**payload, "reply_markup": keyboard} if keyboard else payload


def _in_place(payload: Payload, message: str) -> Payload:
    return {**payload, "method": "editMessageText", "message_id": message}


def _document(reply: Reply, content: str) -> Payload:
    titles = [one.title for one in reply.blocks if isinstance(one, OwnData)]
    caption = clean(" ".join(titles))[:_LONGEST_CAPTION]
    return {
        "method": "sendDocument",
        "filename": _FILE_NAME,
        "content": content,
        "caption": caption,
    }


def _paragraphs(reply: Reply) -> Paragraphs:
    paragraphs = [paragraph for block in reply.blocks for paragraph in _block(block)]
    if are_long(reply.choices):
        paragraphs.append(
            [
                (plain(label_of(choice, number, len(reply.choices))),)
                for number, choice in enumerate(reply.choices, 1)
            ]
        )
    return paragraphs


def _block(block: Block) -> Iterable[list[Line]]:
    match block:
        case Heading(text=text):
            yield [(bold(line),) for line in text.strip().split("\n")]
        case Paragraph(text=text):
            for paragraph in text.split("\n\n"):
                yield lines_of(paragraph)
        case Items(items=items, numbered=numbered):
            yield [
                line
                for number, item in enumerate(items, 1)
                for line in _listed(f"{number}) " if numbered else "• ", item)
            ]
        case Facts(rows=rows):
            yield [(bold(f"{row.label}:"), plain(f" {row.value}")) for row in rows]
        case Checklist(title=title, ticks=ticks):
            yield [(bold(title),), *(line for tick in ticks for line in _tick(tick))]
        case Weblink(title=title, url=url):
            yield [(link(title if is_visible(title) else url, url),)]
        case Source(text=text, url=url):
            yield [
                (link(text if is_visible(text) else url, url) if is_web(url) else slanted(text),)
            ]
        case Timeline(moments=moments):
            yield [(bold(f"{moment.when}:"), plain(f" {moment.text}")) for moment in moments]
        case OwnData(title=title):
            yield [(slanted(title),)]


def _listed(mark: str, text: str) -> list[Line]:
    first, *rest = lines_of(text)
    return [(plain(mark), *first), *rest]


def _tick(tick: Tick) -> list[Line]:
    detail = f" ({tick.detail})" if tick.detail else ""
    lines: list[Line] = [(plain(f"☐ {tick.text}{detail}"),)]
    if tick.url:
        lines.append((plain("    "), link(tick.url_title or tick.url, tick.url)))
    return lines
