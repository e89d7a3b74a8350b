"""The commands of Telegram's menu, and what each of them says in words."""

import re

SAYS = {
    "thutuc": "thủ tục",
    "hoso": "hồ sơ",
    "canbo": "gặp cán bộ",
    "dulieu": "dữ liệu của tôi",
    "xoa": "xoá dữ liệu của tôi",
    "huy": "huỷ",
    "trogiup": "trợ giúp",
    "english": "english",
}
"""Commands in the order of the menu, and a message that the dialogue understands as well."""

_COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@(?P<bot>[A-Za-z0-9_]{1,64}))?(?=\s|$)")
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def without_name(text: str) -> str:
    """The text without the `@bot` that Telegram's clients add to a command."""
    found = _COMMAND.match(text)
    return f"/{found['name']}{text[found.end() :]}" if found else text


def in_words(text: str) -> str:
    """A command of the menu as the words it stands for; anything else as it is."""
    found = _COMMAND.fullmatch(text.strip())
    return SAYS.get(found["name"].lower(), text) if found else text


def is_for_us(text: str, bot: str) -> bool:
    """Whether it begins with a command that names no other bot."""
    found = _COMMAND.match(text)
    if not found:
        return False
    return found["bot"] is None or found["bot"].casefold() == bot.casefold()


def start_reference(text: str) -> str:
    """What a deep link brought: `/start <reference>`; empty where there is nothing of its form."""
    found = _COMMAND.match(text)
    if not found or found["name"].lower() != "start":
        return ""
    rest = text[found.end() :].strip()
    return rest if _REFERENCE.fullmatch(rest) else ""
