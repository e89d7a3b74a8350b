"""Dossier codes: the national form, and codes as people type them.

Two forms are in use: 000.00.06.H56-231027-0361 (TT 01/2018) and H56.14-240823-0001: the agency's
code, the date of receipt as yymmdd, and the running number of that day in at least four digits.
"""

import datetime as dt
import re
import unicodedata

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－~_", "-"))
_LOOSE = re.compile(
    r"""(?<![A-Z0-9])
    (?P<old>(?:[0O][0O][0O])[. ]?(?:[0-9O]{2})[. ]?(?:[0-9O]{2})[. ]?)?
    (?P<family>[A-Z])[ .]?
    (?P<rest>[0-9O](?:[ .\-/]{0,3}[0-9O]){8,24})
    (?![A-Z0-9])""",
    re.VERBOSE,
)
_TIGHT = re.compile(
    r"(?<![A-Z0-9])[A-Z][0-9]{2}(?:[ .\-]?[0-9]{1,3}){1,3}?[ .\-/]{1,3}[0-9]{6}[ .\-/]{1,3}"
    r"[0-9]{4}(?![0-9])"
)
"""A code with its parts set apart: it ends after its running number, whatever is typed behind."""

_STRICT = re.compile(
    r"^(?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){1,3})"
    r"-(?P<date>\d{6})-\d{4,6}$",
    re.ASCII,
)
_LONGEST_INPUT = 400  # a code stands near the beginning of what a person types


def is_dossier_code(text: str) -> bool:
    """Whether the text is a code in one of the two forms, dots, dashes, date and all."""
    found = _STRICT.match(text)
    return found is not None and _is_date(found["date"])


def dossier_codes_in(text: str) -> tuple[str, ...]:
    """All codes that the text can mean, in the national form, the likeliest first.

    Forgives case, missing or wrong dots and dashes, spaces, the letter O for zero, and missing
    leading zeros of the running number where something separates it. A code without any dots can
    mean several agencies; then all are returned. Empty when there is none.
    """
    shown = _normal(text)
    codes: dict[str, None] = {}
    found_in = [part for tight in _TIGHT.findall(shown) for part in _LOOSE.finditer(tight)]
    for found in (*found_in, *_LOOSE.finditer(shown)):
        old = re.sub(r"[^0-9O]", "", found["old"] or "").replace("O", "0")
        rest = found["rest"].replace("O", "0")
        for unit, date, number in _splits(rest):
            codes.update(dict.fromkeys(_written(old, found["family"], unit, date, number)))
    return tuple(code for code in codes if is_dossier_code(code))


def text_beside_codes(text: str) -> str:
    """What was typed beside a code, upper case; empty where no code stands apart."""
    shown = _normal(text)
    return _TIGHT.sub(" ", shown).strip() if _TIGHT.search(shown) else ""


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_LONGEST_INPUT]).translate(_DASHES).upper()


def masked_code(code: str) -> str:
    """A code safe to repeat in a message that others may see: only the running number shows."""
    unit, _, number = code.rpartition("-")
    return f"…-{number}" if unit else "…"


def _splits(rest: str) -> list[tuple[str, str, str]]:
    """Ways to read agency digits, date and running number out of digits with separators."""
    groups = [group for group in re.split(r"[ \-/]+", rest) if group.strip(".")]
    found: list[tuple[str, str, str]] = []
    if len(groups) >= 3 and len(groups[-2]) == 6:
        found.append((".".join(groups[:-2]), groups[-2], groups[-1].zfill(4)))
    if len(groups) >= 2:
        head = "".join(groups[:-1])
        found.append((head[:-6], head[-6:], groups[-1].zfill(4)))
    digits = re.sub(r"\D", "", rest)
    found += [
        (digits[: -6 - length], digits[-6 - length : -length], digits[-length:])
        for length in (4, 5)
    ]
    return [(u.strip("."), d, n) for u, d, n in found if _is_date(d) and n.isdigit()]


def _written(old: str, family: str, unit: str, date: str, number: str) -> list[str]:
    if old:
        head = f"{old[:3]}.{old[3:5]}.{old[5:7]}.{family}{unit}"
        return [f"{head}-{date}-{number}"]
    compact = unit.replace(".", "")
    province, agency = compact[:2], compact[2:]
    dotted = [part for part in unit.split(".") if part]
    ways = []
    if len(dotted) > 1 and len(dotted[0]) == 2:
        ways.append(".".join(dotted))
    if 1 <= len(agency) <= 3:
        ways.append(f"{province}.{agency}")
    ways += [
        ".".join([province, *(agency[i : i + size] for i in range(0, len(agency), size))])
        for size in (2, 3)
        if len(agency) > size and len(agency) % size == 0
    ]
    return [f"{family}{way}-{date}-{number}" for way in dict.fromkeys(ways)]


def _is_date(text: str) -> bool:
    try:
        dt.datetime.strptime(text, "%y%m%d")  # noqa: DTZ007 - only whether it is a date
    except ValueError:
        return False
    return len(text) == 6
