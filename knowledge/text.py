"""Vietnamese text as people type it: cleaned, bounded, folded, split into words."""

import re
import unicodedata

QUESTION_LIMIT = 2_000
"""Characters of a message that are read. Longer ones are cut: no question needs more."""

_MARKS_PER_LETTER = 3  # Vietnamese needs two (ệ in NFD); more is noise that slows normalisation
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_WORD = re.compile(r"[a-z0-9]+(?:[./-][a-z0-9]+)*")
_ACCENTED_WORD = re.compile(r"[^\W_]+")
_TONE_ON_FIRST = {
    "òa": "oà", "óa": "oá", "ỏa": "oả", "õa": "oã", "ọa": "oạ",
    "òe": "oè", "óe": "oé", "ỏe": "oẻ", "õe": "oẽ", "ọe": "oẹ",
    "ùy": "uỳ", "úy": "uý", "ủy": "uỷ", "ũy": "uỹ", "ụy": "uỵ",
}  # fmt: skip
_OLD_TONE = re.compile(rf"({'|'.join(_TONE_ON_FIRST)})(?![^\W\d_])")


def clean(text: str, limit: int = QUESTION_LIMIT) -> str:
    """Bound and normalise what a person typed. Idempotent; never raises.

    Lone surrogates, control and invisible characters go (both databases refuse some of them),
    runs of combining marks are cut, the rest is NFC with single spaces; line breaks stay.
    """
    text = text[: limit * 4]  # room for marks and blanks that fall away below
    text = "".join(
        " " if _is_control(char) else char for char in text if not "\ud800" <= char <= "\udfff"
    )
    text = unicodedata.normalize("NFC", _cut_marks(_INVISIBLE.sub("", text)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:limit].strip()


def fold(text: str) -> str:
    """Lower case without accents, đ as d: "Đăng ký" and "dang ky" become the same."""
    bare = text.casefold().translate(_BARE)
    return bare if bare.isascii() else _without_marks(bare)


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return bare.replace("đ", "d")


_BARE: dict[int, str | None] = {
    **{mark: None for mark in range(0x300, 0x370) if unicodedata.combining(chr(mark))},
    **{
        code: _without_marks(chr(code).casefold())
        for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
    },
}
"""What Vietnamese is made of, folded once: whole catalogues pass through `fold`."""


def words(text: str) -> list[str]:
    """The folded words of a text; codes such as 1.001193 or 123/2015/nd-cp stay whole."""
    return _WORD.findall(fold(text))


def accented_words(text: str) -> list[str]:
    """The words with their accents, lower case, tones placed one way ("hòa" as "hoà")."""
    lowered = unicodedata.normalize("NFC", text).lower()
    return _ACCENTED_WORD.findall(place_tones(lowered))


def accents_by_word(text: str) -> dict[str, set[str]]:
    """The words typed with accents, by their folded form: "mưa" rain is not "mua" to buy."""
    typed: dict[str, set[str]] = {}
    for word in accented_words(text):
        if (folded := fold(word)) != word:
            typed.setdefault(folded, set()).add(word)
    return typed


def place_tones(text: str) -> str:
    """Write oa, oe, uy with the tone on the last vowel, so both spellings are one.

    Expects lower case NFC. Only open syllables differ between the spellings ("hòa", "hoàn").
    """
    return _OLD_TONE.sub(lambda found: _TONE_ON_FIRST[found[0]], text)


def has_accents(text: str) -> bool:
    """Whether the person typed Vietnamese with accents (or đ) at all."""
    return fold(text) != text.casefold()


def shorten(text: str, limit: int) -> str:
    """Cut at a word so that the text fits `limit` characters, with … where it was cut."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rsplit(" ", 1)[0] if " " in head else head
    return cut.rstrip(" ,;:.-–(") + "…"


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Co", "Cn"} and char != "\n"


def _cut_marks(text: str) -> str:
    if len(text) < _MARKS_PER_LETTER or not any(map(unicodedata.combining, text)):
        return text
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= _MARKS_PER_LETTER:
            kept.append(char)
    return "".join(kept)
