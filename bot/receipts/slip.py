"""The printable receipt, in the spirit of Mẫu 01 (TT 03/2025): facts, QR code, how to follow.

It is the citizen's own paper, so the owner's name stands on it; the personal number and the phone
do not. A row without data is left out.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from bot.messages import Fact, Language
from bot.office import Office
from bot.wording.receipts import ReceiptWording, receipt_wording
from db.records import Dossier

QUIET_ZONE = 4
"""White modules around the QR code, as ISO/IEC 18004 asks for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedPaper:
    """One paper taken in. The counts are None where nobody counted."""

    name: str
    originals: int | None = None
    copies: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """What the receipt of one dossier says.

    `address` is what the QR code holds (`link.printed_address`). `secret` is printed when it is
    not empty. `collect_where` empty: it is taken from the dossier, if that knows it.
    """

    dossier: Dossier
    office: Office
    address: str
    public_url: str = ""
    telegram_bot: str = ""
    papers: Sequence[ReceivedPaper] = ()
    collect_where: str = ""
    secret: str = ""


def render_slip(slip: Slip, *, stylesheet: str = "") -> str:
    """The slip as a page of its own, ready to print.

    `stylesheet` is the address of `slip_css`, for pages served under a content security policy;
    without it the styles stand in the page, for a file that is opened from a disk.
    """
    say = receipt_wording(Language.VI)
    return _template().render(
        slip=slip,
        say=say,
        agency=slip.dossier.receiving.name if slip.dossier.receiving else slip.office.name,
        rows=_rows(slip, say),
        papers=[(paper.name, _counts(paper, say)) for paper in slip.papers],
        ways=_ways(slip, say),
        qr=qr_svg(slip.address),
        stylesheet=stylesheet,
        css=Markup(slip_css()),  # noqa: S704 - a file of ours
    )


def qr_svg(text: str) -> Markup:
    """A QR code as an inline element: black on nothing, no style attribute, no address in it."""
    code = segno.make_qr(text, error="m")
    svg = code.svg_inline(border=QUIET_ZONE, omitsize=True, svgclass="qr", lineclass=None)
    return Markup(svg)  # noqa: S704 - drawn by segno: numbers and path commands only


@cache
def slip_css() -> str:
    """The styles of the slip: A5, black and white."""
    return (files("bot.receipts") / "templates" / "slip.css").read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("bot.receipts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("slip.html")


def _rows(slip: Slip, say: ReceiptWording) -> list[Fact]:
    dossier = slip.dossier
    collect = slip.collect_where or (dossier.result.collect_where if dossier.result else "")
    rows = (
        (say.procedure_label, dossier.procedure_name),
        (say.owner_label, dossier.owner_name),
        (say.received_label, _moment(dossier.received_at, slip.office, say)),
        (say.due_label, _moment(dossier.due_at, slip.office, say)),
        (say.collect_label, collect),
        (say.phone_label, (dossier.receiving and dossier.receiving.phone) or slip.office.phone),
    )
    return [Fact(label=label, value=value) for label, value in rows if value]


def _counts(paper: ReceivedPaper, say: ReceiptWording) -> str:
    counted = ((say.originals, paper.originals), (say.copies, paper.copies))
    return ", ".join(text.format(count=count) for text, count in counted if count)


def _ways(slip: Slip, say: ReceiptWording) -> list[str]:
    ways = [say.follow_scan]
    if slip.public_url:
        ways.append(say.follow_web.format(address=slip.public_url))
    if slip.telegram_bot:
        ways.append(say.follow_telegram.format(bot=slip.telegram_bot))
    ways.append(say.follow_proof_or_secret if slip.secret else say.follow_proof)
    return ways


def _moment(moment: dt.datetime | None, office: Office, say: ReceiptWording) -> str:
    """Hour and date in the office's time; empty for none."""
    if moment is None:
        return ""
    local = moment.astimezone(office.zone)
    return say.moment.format(hour=local.hour, minute=f"{local:%M}", date=f"{local:%d/%m/%Y}")
