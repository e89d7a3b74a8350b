"""Replies and pages as HTML: pure, and escaped by the template engine alone."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.channels.base import Exchange
from bot.messages import Block, Checklist, Language, Reply
from bot.wording.webchat import webchat_wording

_WEB = re.compile(r"https?://[^\s<>\"']+")
_STATIC = {
    "chat.css": "text/css",
    "chat.js": "text/javascript",
    "door.svg": "image/svg+xml",
}


def render_reply(reply: Reply) -> str:
    """One reply as a fragment of the page."""
    say = webchat_wording(reply.language)
    return _templates().get_template("fragment.html").render(answer=reply, say=say)


def render_page(exchanges: Sequence[Exchange], *, takes_photos: bool = False) -> str:
    """The whole page, with what was said before; in the language of the last reply."""
    language = exchanges[-1].reply.language if exchanges else Language.VI
    return (
        _templates()
        .get_template("page.html")
        .render(
            exchanges=exchanges,
            language=language,
            say=webchat_wording(language),
            takes_photos=takes_photos,
            version=static_version(),
        )
    )


def render_receipt(*, has_telegram: bool) -> str:
    """The page behind a receipt's QR code: the same for every code, so it tells of none."""
    return (
        _templates()
        .get_template("receipt.html")
        .render(
            has_telegram=has_telegram,
            say=webchat_wording(Language.VI),
            english=webchat_wording(Language.EN),
            version=static_version(),
        )
    )


def render_trouble(text: str, reference: str) -> str:
    """A page for what went wrong: a plain sentence, a reference, a way back."""
    say = webchat_wording(Language.VI)
    return (
        _templates()
        .get_template("trouble.html")
        .render(text=text, reference=reference, say=say, version=static_version())
    )


@cache
def static_files() -> dict[str, tuple[str, bytes]]:
    """The page's files: name to content type and bytes."""
    folder = files("bot.channels.webchat") / "static"
    return {name: (kind, (folder / name).read_bytes()) for name, kind in _STATIC.items()}


@cache
def static_version() -> str:
    """A short hash of the files, part of their address, so that they may be kept for ever."""
    together = b"".join(data for _, data in static_files().values())
    return sha256(together).hexdigest()[:12]


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.channels.webchat"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["is_web"] = _is_web
    environment.filters["fingerprint"] = _fingerprint
    environment.filters["has_checklist"] = _has_checklist
    return environment


def _is_web(url: str) -> bool:
    """Only addresses of the web become links: never javascript:, data: or a bare word."""
    return bool(_WEB.fullmatch(url))


def _fingerprint(checklist: Checklist) -> str:
    """The same list has the same ticks, in whichever reply it stands."""
    text = "\n".join((checklist.title, *(tick.text for tick in checklist.ticks)))
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _has_checklist(blocks: Iterable[Block]) -> bool:
    return any(isinstance(block, Checklist) for block in blocks)
