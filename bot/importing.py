"""Dossiers from a spreadsheet: the whole file or nothing."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.errors import Refusal
from db.dossier_codes import is_dossier_code
from db.records import Dossier, DossierId, FiledBy, NewDossier, Organisation, Status
from knowledge.problems import Problem, Severity
from knowledge.reading.sheets import SheetBroken, read_sheet
from knowledge.text import clean, fold

LARGEST_FILE = 50 * 1024 * 1024
"""Bytes of an import file. 300,000 dossiers as CSV are about half of that."""

COLUMNS: Mapping[str, str] = {
    "code": "Mã hồ sơ",
    "procedure_code": "Mã thủ tục",
    "procedure_name": "Tên thủ tục",
    "owner_name": "Chủ hồ sơ",
    "owner_phone": "Điện thoại",
    "owner_number": "Số định danh",
    "receipt_secret": "Mã bí mật",
    "status": "Trạng thái",
    "received_at": "Ngày tiếp nhận",
    "due_at": "Ngày hẹn trả",
    "receiving": "Nơi tiếp nhận",
    "competent": "Nơi quyết định",
    "reason": "Lý do",
}
"""Field to column title. Titles are compared without accents and capitals."""

_YEARS = (1990, 2100)
"""Years that a dossier's dates can have; others are slips of the keyboard."""

REQUIRED = ("code", "procedure_name", "owner_name", "status")

_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2})[:hg](\d{2})(?::\d{2})?)?")
_STATUS_WORDS: Mapping[str, Status] = {
    "moi dang ky": Status.REGISTERED,
    "duoc tiep nhan": Status.RECEIVED,
    "da tiep nhan": Status.RECEIVED,
    "khong duoc tiep nhan": Status.REFUSED,
    "dang xu ly": Status.IN_PROGRESS,
    "yeu cau bo sung giay to": Status.SUPPLEMENT_REQUESTED,
    "yeu cau thuc hien nghia vu tai chinh": Status.PAYMENT_REQUESTED,
    "cong dan yeu cau rut ho so": Status.WITHDRAWN,
    "dung xu ly": Status.STOPPED,
    "da xu ly xong": Status.DONE,
    "da tra ket qua": Status.RETURNED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class DossierReading:
    """What a file holds. With any problem nothing of it must be stored."""

    dossiers: tuple[NewDossier, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_dossier_file(path: Path, zone: dt.tzinfo) -> DossierReading:
    """Read a CSV or XLSX file; naive times in it are local to `zone`.

    Raises Refusal when the file cannot be opened at all; everything else is a problem that names
    row and column.
    """
    rows = _rows_of(path)
    header = next(rows, None)
    if header is None:
        raise Refusal(f"{path.name} is empty. The first row names the columns: {_titles()}.")
    places, problems = _columns(path.name, header[1])
    if problems:
        return DossierReading(problems=tuple(problems))
    dossiers: list[NewDossier] = []
    first_row: dict[str, int] = {}
    for number, cells in rows:
        values = {
            field: cells[place] if place < len(cells) else "" for field, place in places.items()
        }
        if not any(_text(value) for value in values.values()):
            continue
        row = _Row(path.name, number, values, zone)
        dossier = row.dossier()
        problems += row.problems
        if dossier is None:
            continue
        code = dossier.dossier.code
        if code in first_row:
            message = f"{code} stands in row {first_row[code]} already."
            problems.append(row.problem("code", message, "Keep one row per dossier."))
        first_row.setdefault(code, number)
        dossiers.append(dossier)
    return DossierReading(dossiers=tuple(dossiers), problems=tuple(problems))


class _Row:
    """One row on its way to a dossier, collecting what is wrong with it."""

    def __init__(self, file: str, number: int, values: Mapping[str, Any], zone: dt.tzinfo) -> None:
        self._file = file
        self._number = number
        self._values = values
        self._zone = zone
        self.problems: list[Problem] = []

    def dossier(self) -> NewDossier | None:
        code = self._code()
        status = self._status()
        received, due = self._moment("received_at"), self._moment("due_at")
        number = re.sub(r"\D", "", self._words("owner_number"))
        if number and len(number) != 12:
            self._wrong("owner_number", "is not a number of 12 digits", "Write all 12 digits.")
        secret = self._words("receipt_secret").upper()
        if secret and not re.fullmatch(r"[A-Z2-7]{8}", secret):
            advice = "Write the 8 letters and digits 2 to 7 that the receipt prints, or nothing."
            self._wrong("receipt_secret", "holds no receipt secret", advice)
        phone = re.sub(r"[^\d+]", "", self._words("owner_phone"))
        for field in ("procedure_name", "owner_name"):
            if not self._words(field):
                self._wrong(field, "is empty", "Fill it in.")
        if self.problems or code is None or status is None:
            return None
        return NewDossier(
            dossier=Dossier(
                id=DossierId(0),
                code=code,
                procedure_code=self._words("procedure_code"),
                procedure_name=self._words("procedure_name"),
                status=status,
                owner_name=self._words("owner_name"),
                filed_by=FiledBy.COUNTER,
                submitted_at=received,
                received_at=received,
                due_at=due,
                receiving=self._office("receiving"),
                competent=self._office("competent"),
                reason=self._words("reason"),
            ),
            owner_phone=phone,
            owner_number=number,
            receipt_secret=secret,
        )

    def problem(self, field: str, message: str, advice: str) -> Problem:
        return Problem(
            rule="dossier-row",
            severity=Severity.ERROR,
            file=self._file,
            row=self._number,
            field=COLUMNS[field],
            message=message,
            advice=advice,
        )

    def _wrong(self, field: str, what: str, advice: str) -> None:
        self.problems.append(self.problem(field, f"The cell {what}.", advice))

    def _words(self, field: str) -> str:
        return _text(self._values.get(field, ""))

    def _code(self) -> str | None:
        code = self._words("code").upper()
        if is_dossier_code(code):
            return code
        self._wrong("code", "holds no dossier code", "Write it like H48.14-261120-0012.")
        return None

    def _status(self) -> Status | None:
        words = self._words("status")
        number = words.removesuffix(".0")
        if re.fullmatch(r"[0-9]{1,2}", number) and 1 <= int(number) <= len(Status):
            return Status(int(number))
        status = _STATUS_WORDS.get(" ".join(fold(words).split()))
        if status is None:
            advice = "Write a national status: 1 to 10, or its name such as “Đang xử lý”."
            self._wrong("status", "holds no status", advice)
        return status

    def _moment(self, field: str) -> dt.datetime | None:
        value = self._values.get(field, "")
        if isinstance(value, dt.datetime):
            moment: dt.datetime | None = value.replace(tzinfo=value.tzinfo or self._zone)
        elif isinstance(value, dt.date):
            moment = dt.datetime.combine(value, dt.time(), self._zone)
        else:
            words = _text(value)
            if not words:
                return None
            moment = _parsed(words, self._zone)
        if moment is None or not _YEARS[0] <= moment.year <= _YEARS[1]:
            self._wrong(field, "holds no date", "Write it like 20/11/2026 or 20/11/2026 09:30.")
        return moment

    def _office(self, field: str) -> Organisation | None:
        name = self._words(field)
        if not name:
            return None
        same = unicodedata.normalize("NFC", name).casefold()
        return Organisation(code=f"name-{sha256(same.encode()).hexdigest()[:24]}", name=name)


def _parsed(words: str, zone: dt.tzinfo) -> dt.datetime | None:
    found = _DATE.fullmatch(words)
    try:
        if found is None:
            moment = dt.datetime.fromisoformat(words)
            return moment.replace(tzinfo=moment.tzinfo or zone)
        day, month, year, hour, minute = (int(part or 0) for part in found.groups())
        return dt.datetime(year, month, day, hour, minute, tzinfo=zone)
    except ValueError:
        return None


def _columns(file: str, header: Sequence[Any]) -> tuple[dict[str, int], list[Problem]]:
    titles = [fold(_text(cell)) for cell in header]
    places: dict[str, int] = {}
    problems = []
    for field, title in COLUMNS.items():
        held = [place for place, found in enumerate(titles) if found == fold(title)]
        if len(held) > 1:
            problems.append(_column(file, title, "stands more than once", "Keep one of them."))
        elif held:
            places[field] = held[0]
        elif field in REQUIRED:
            advice = f"Add it; the columns are: {_titles()}."
            problems.append(_column(file, title, "is missing", advice))
    return places, problems


def _column(file: str, title: str, what: str, advice: str) -> Problem:
    return Problem(
        rule="dossier-columns",
        severity=Severity.ERROR,
        file=file,
        row=1,
        field=title,
        message=f"The column {what}.",
        advice=advice,
    )


def _rows_of(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(f"{path} cannot be read ({error.strerror}).") from None
    if len(data) > LARGEST_FILE:
        raise Refusal(f"{path.name} is larger than {LARGEST_FILE >> 20} MiB. Split it.")
    try:
        lines = read_sheet(path.name, data)
    except SheetBroken as error:
        place = f"{path.name}, row {error.row}" if error.row else path.name
        raise Refusal(f"{place}: {error.message} {error.advice}") from None
    return ((line.number, line.cells) for line in lines)


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value)).removeprefix("'").strip()


def _titles() -> str:
    return ", ".join(COLUMNS.values())
