"""Replies as consultation messages of Zalo: pure. Choices are numbered lines, always.

A payload is the `message` of the platform's API. One form is ours: `{"file": {"name", "content"},
"text"}` is uploaded when it is sent, because a token of an upload lives seven days only; the text
is what the person reads when Zalo does not take the file.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.channels.base import Letter, Occasion, Payload
from bot.channels.plain import render_plain
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.own_file import own_data_files
from bot.channels.zalo.pieces import pieces, shortened
from bot.messages import Block, Checklist, Choice, Facts, OwnData, Paragraph, Reply, Source, Weblink
from bot.wording.zalo import ZaloWording, zalo_wording

MOST_BUTTONS = 5
LONGEST_TITLE = 100
LONGEST_PAYLOAD = 1_000
LONGEST_SUBTITLE = 500

_WEB = re.compile(r"https?://[^\s<>\"']+")
_PHONE = re.compile(r"(?:\+84|0|1[89]00)[0-9 .]{6,14}")
_LONGEST_URL = 1_000


def render(reply: Reply, occasion: Occasion, account: ZaloAccount) -> Letter:
    """The reply as messages within the limits; the last text carries the choices."""
    say = zalo_wording(reply.language)
    payloads: list[Payload] = [{"text": part} for part in pieces(_text(reply, say))]
    numbered = (*reply.choices, *reply.exits)
    shows_buttons = account.buttons and not occasion.in_group and bool(payloads)
    if shows_buttons:
        buttons = list(_buttons(reply, occasion.token))[:MOST_BUTTONS]
        if buttons:
            payloads[-1] = {**payloads[-1], "attachment": _template({"buttons": buttons})}
    if reply.asks_proof and account.trusts_phone and not occasion.in_group:
        payloads.append({"attachment": _template(_request(say, account.proof_image))})
    if occasion.own_data and any(isinstance(block, OwnData) for block in reply.blocks):
        payloads += [
            {"file": {"name": name, "content": content}, "text": say.own_data_failed}
            for name, content in own_data_files(occasion.own_data, say)
        ]
    actions = tuple(choice.action for choice in numbered) if shows_buttons else ()
    return Letter(payloads=payloads, buttons=actions)


def _text(reply: Reply, say: ZaloWording) -> str:
    shown = replace(reply, blocks=tuple(_safe(block, say) for block in reply.blocks))
    parts = [render_plain(shown, with_exits=False), _ways_on(reply, say)]
    return "\n\n".join(part for part in parts if part)


def _ways_on(reply: Reply, say: ZaloWording) -> str:
    """One short line: what can be typed next."""
    words = ", ".join(choice.label for choice in reply.exits)
    if reply.choices:
        return say.choose_or.format(exits=words) if words else say.choose
    return say.exits.format(exits=words) if words else ""


def _safe(block: Block, say: ZaloWording) -> Block:
    """The block without addresses that are none of the web's."""
    match block:
        case Weblink(title=title, url=url) if not _is_web(url):
            return Paragraph(text=title)
        case Source(url=url) if not _is_web(url):
            return replace(block, url="")
        case Checklist(ticks=ticks):
            kept = tuple(tick if _is_web(tick.url) else replace(tick, url="") for tick in ticks)
            return replace(block, ticks=kept)
        case OwnData(title=title):
            return Paragraph(text=f"{title}. {say.own_data_kept}")
        case _:
            return block


def _is_web(url: str) -> bool:
    return bool(_WEB.fullmatch(url))


def _buttons(reply: Reply, token: str) -> Iterator[dict[str, Any]]:
    """Choices first, then links and phones of the text, then the ways out."""
    for number, choice in enumerate(reply.choices):
        yield _press(choice, token, number)
    for block in reply.blocks:
        match block:
            case Weblink(title=title, url=url) if _is_web(url) and len(url) <= _LONGEST_URL:
                yield _button(title or url, "oa.open.url", {"url": url})
            case Facts(rows=rows):
                for row in rows:
                    if _PHONE.fullmatch(row.value):
                        code = re.sub(r"[^0-9+]", "", row.value)
                        title = f"{row.label}: {row.value}"
                        yield _button(title, "oa.open.phone", {"phone_code": code})
            case _:
                pass
    for number, choice in enumerate(reply.exits, len(reply.choices)):
        yield _press(choice, token, number)


def _press(choice: Choice, token: str, number: int) -> dict[str, Any]:
    """A press is shown in the chat as if typed, so the label stands behind our mark."""
    said = shortened(f"#{token}:{number} {choice.label}", LONGEST_PAYLOAD)
    return _button(choice.label, "oa.query.show", said)


def _button(title: str, kind: str, payload: object) -> dict[str, Any]:
    return {"title": shortened(title, LONGEST_TITLE) or "…", "type": kind, "payload": payload}


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"type": "template", "payload": payload}


def _request(say: ZaloWording, image: str) -> dict[str, Any]:
    """The form that shares a phone: exactly one element; the answer comes as user_submit_info."""
    element = {
        "title": shortened(say.proof_title, LONGEST_TITLE),
        "subtitle": shortened(say.proof_text, LONGEST_SUBTITLE),
        "image_url": image,
    }
    return {"template_type": "request_user_info", "elements": [element]}
