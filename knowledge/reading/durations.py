"""Published durations to amount and unit; what they say beyond that is kept as text."""

import re

from knowledge.model import Duration, DurationUnit
from knowledge.text import fold

_DURATION = re.compile(
    r"^(?:khong qua |toi da |trong |trong thoi han |thoi han )*(?P<amount>\d+(?:[.,]\d+)?)"
    r"\s*(?:\((?!don vi)[^)]*\))?\s*"
    r"(?P<unit>ngay lam viec|ngay|gio lam viec|gio|thang|nam|\(don vi: khac\))?(?P<rest>.*)$",
    re.DOTALL,
)
_UNITS = {
    "ngay lam viec": DurationUnit.WORKING_DAY,
    "ngay": DurationUnit.DAY,
    "gio lam viec": DurationUnit.HOUR,
    "gio": DurationUnit.HOUR,
    "thang": DurationUnit.MONTH,
    "nam": DurationUnit.YEAR,
}
_NOTHING_SAID = {"", "khong co thong tin", "khong co thong tin cu the", "khong co"}


def read_duration(text: str | None) -> tuple[Duration | None, bool]:
    """The duration of one cell, and whether a number in it has a usable unit.

    None when the cell says nothing. Words without a number ("Không quy định") are kept as text.
    """
    plain = " ".join((text or "").split())
    folded = fold(plain)
    if folded.strip(" .") in _NOTHING_SAID:
        return None, True
    found = _DURATION.match(folded)
    if found is None:
        return Duration(text=plain), True
    unit = _UNITS.get(found["unit"] or "", DurationUnit.OTHER)
    amount = float(found["amount"].replace(",", "."))
    says_more = bool(found["rest"].strip(" .")) and unit is not DurationUnit.OTHER
    if unit is DurationUnit.OTHER and found["unit"] is None:
        return Duration(text=plain), False
    clear = unit is not DurationUnit.OTHER
    return Duration(amount=amount, unit=unit, text=plain if says_more else ""), clear
