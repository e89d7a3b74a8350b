"""One row of a spreadsheet on its way to a dossier, with what is wrong in it."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from db.dossier_codes import is_dossier_code
from db.records import Delegate, Dossier, DossierId, FiledBy, NewDossier, Organisation, Status
from knowledge.model import Duration
from knowledge.problems import Problem, Severity
from knowledge.reading.durations import read_duration
from knowledge.text import clean, fold

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
    "field": "Lĩnh vực",
    "officer": "Cán bộ xử lý",
    "duration": "Thời hạn",
    "finished_at": "Ngày có kết quả",
    "parent_code": "Mã hồ sơ liên thông",
    "delegate_name": "Người được uỷ quyền",
    "delegate_phone": "Điện thoại người được uỷ quyền",
    "delegate_number": "Số định danh người được uỷ quyền",
    "delegate_until": "Uỷ quyền đến",
}
"""Field to column title. Titles are compared without accents and capitals."""

LONGEST_PROCEDURE_CODE = 20

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


class Row:
    """One row on its way to a dossier, collecting what is wrong with it."""

    def __init__(self, file: str, number: int, values: Mapping[str, Any], zone: dt.tzinfo) -> None:
        self._file = file
        self._number = number
        self._values = values
        self._zone = zone
        self.problems: list[Problem] = []

    def dossier(self) -> NewDossier | None:
        code = self._dossier_code("code")
        status = self._status()
        received, due = self._moment("received_at"), self._moment("due_at")
        number = self._personal_number("owner_number")
        secret = self._words("receipt_secret").upper()
        if secret and not re.fullmatch(r"[A-Z2-7]{8}", secret):
            advice = "Write the 8 letters and digits 2 to 7 that the receipt prints, or nothing."
            self._wrong("receipt_secret", "holds no receipt secret", advice)
        parent = self._dossier_code("parent_code") if self._words("parent_code") else None
        delegate, duration = self._delegate(), self._duration()
        finished = self._moment("finished_at")
        if len(self._words("procedure_code")) > LONGEST_PROCEDURE_CODE:
            self._wrong("procedure_code", "holds no procedure code", "Write it like 1.001193.")
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
                field=self._words("field"),
                officer=self._words("officer"),
                duration=duration,
                finished_at=finished,
                parent_code=parent,
            ),
            owner_phone=self._phone("owner_phone"),
            owner_number=number,
            receipt_secret=secret,
            delegates=(delegate,) if delegate else (),
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
        return text_of(self._values.get(field, ""))

    def _dossier_code(self, field: str) -> str | None:
        code = self._words(field).upper()
        if is_dossier_code(code):
            return code
        self._wrong(field, "holds no dossier code", "Write it like H48.14-261120-0012.")
        return None

    def _personal_number(self, field: str) -> str:
        number = re.sub(r"\D", "", self._words(field))
        if number and len(number) != 12:
            self._wrong(field, "is not a number of 12 digits", "Write all 12 digits.")
        return number

    def _phone(self, field: str) -> str:
        return re.sub(r"[^\d+]", "", self._words(field))

    def _duration(self) -> Duration | None:
        duration, is_clear = read_duration(self._words("duration"))
        if duration and (duration.amount is None or not is_clear):
            self._wrong("duration", "holds no duration", "Write it like 5 ngày làm việc.")
        return duration

    def _delegate(self) -> Delegate | None:
        """Who may follow the dossier for its owner, to the end of a day or as long as it runs."""
        name, until = self._words("delegate_name"), self._moment("delegate_until")
        phone, number = self._phone("delegate_phone"), self._personal_number("delegate_number")
        if not (name or phone or number or until):
            return None
        if not name or not (phone or number):
            advice = "Write the delegate's name, and a phone or personal number to know them by."
            self._wrong("delegate_name", "names no delegate that could be known again", advice)
        if until and until.time() == dt.time():
            until += dt.timedelta(days=1)  # a day without a time: that day is still allowed
        return Delegate(name=name, phone=phone, number=number, until=until)

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
            words = text_of(value)
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
        return Organisation(code=office_code(name), name=name)


def office_code(name: str) -> str:
    """The code of an office of which only the name is told: equal names are one office."""
    same = unicodedata.normalize("NFC", name).casefold()
    return f"name-{sha256(same.encode()).hexdigest()[:24]}"


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


def text_of(value: object) -> str:
    """A cell as cleaned text; whole numbers without a fraction, no quote that guards a cell."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value)).removeprefix("'").strip()
