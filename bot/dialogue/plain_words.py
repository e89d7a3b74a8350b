"""How numbers, dates, money and names are written for citizens."""

import datetime as dt
from zoneinfo import ZoneInfo

from bot.wording.dialogue import Procedures
from knowledge.model import Duration, Fee, FeeKind
from knowledge.text import fold

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
"""Vietnam has one time zone."""


def money(amount: int, currency: str = "VND") -> str:
    """8000 as "8.000 đồng"; other currencies keep their code."""
    grouped = f"{amount:,}".replace(",", ".")
    return f"{grouped} đồng" if currency == "VND" else f"{grouped} {currency}"


def date(day: dt.date) -> str:
    """A date as written in Vietnam: 20/11/2026."""
    return f"{day:%d/%m/%Y}"


def day_of(moment: dt.datetime) -> dt.date:
    """The local calendar day of an aware moment."""
    return moment.astimezone(LOCAL).date()


def weekday_date(moment: dt.datetime, weekdays: tuple[str, ...]) -> str:
    """An aware moment as "thứ Hai 23/11/2026", local time."""
    day = day_of(moment)
    return f"{weekdays[day.weekday()]} {date(day)}"


def clock_time(moment: dt.datetime) -> str:
    """An aware moment as "7 giờ 30" or "7 giờ", local time."""
    local = moment.astimezone(LOCAL)
    return f"{local.hour} giờ {local.minute:02d}" if local.minute else f"{local.hour} giờ"


def moment(at: dt.datetime) -> str:
    """An aware moment as "17 giờ ngày 25/11/2026", local time."""
    return f"{clock_time(at)} ngày {date(day_of(at))}"


def as_of(text: str) -> str:
    """Write "2026-07" as "07/2026", "2026-07-03" as "03/07/2026"."""
    return "/".join(reversed(text.split("-")))


def number(amount: float) -> str:
    """3.0 as "3", 0.5 as "0,5"."""
    return f"{amount:g}".replace(".", ",")


def duration(value: Duration, say: Procedures) -> str:
    """A duration in words; the published text is added where it says more."""
    if value.amount is None:
        return value.text or say.duration_unset
    counted = say.duration[value.unit.value].format(amount=number(value.amount))
    if value.text and not _says_the_same(value.text, counted):
        return f"{counted} ({value.text})"
    return counted


def fee(value: Fee, say: Procedures) -> str:
    """A fee in words. A doubtful fee is quoted, never summed up as free."""
    match value.kind:
        case FeeKind.FREE:
            return say.fee_free
        case FeeKind.AMOUNT:
            amount = money(value.amount or 0, value.currency)
            if value.per:
                amount = say.fee_per.format(amount=amount, per=value.per)
            return f"{amount} ({value.text})" if value.text else amount
        case FeeKind.BY_RULE:
            return say.fee_by_rule.format(text=value.text)
        case FeeKind.CONFLICT:
            return say.fee_conflict.format(text=value.text)


def masked_name(name: str) -> str:
    """Write "Nguyễn Thị Hoa" as "Nguyễn T. H.": enough for the owner, little for others."""
    first, *others = name.split() or ["…"]
    if not others:
        return f"{first[:1]}."
    return " ".join([first, *(f"{part[:1]}." for part in others)])


def _says_the_same(published: str, counted: str) -> bool:
    return fold(published).lstrip("0").strip() == fold(counted)
