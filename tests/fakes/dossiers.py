"""Dossiers of the cast for dialogues, with proofs that compare in clear: no database needed."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.dialogue.context import Shelf
from bot.dialogue.plain_words import LOCAL
from db.records import (
    Dossier,
    DossierFee,
    DossierId,
    DossierResult,
    Leg,
    Organisation,
    ProofKind,
    Status,
    StatusChange,
    SupplementRequest,
)
from knowledge.model import Duration, DurationUnit

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=LOCAL)
"""A Friday morning, the desk is open."""

DESK = Organisation(code="H48.14", name="Trung tâm Phục vụ hành chính công xã Măng Đen")
TAX = Organisation(code="THUE3", name="Thuế cơ sở 3")
LAND = Organisation(code="VPDK", name="Văn phòng đăng ký đất đai")

TAIL = "204613"
SECRET = "MANG2DEN"
PHONE = "0900000001"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClearProofs:
    """The same contract as the database's proofs, without hashing."""

    tail: str = ""
    secret: str = ""
    phone: str = ""

    def matches(self, kind: ProofKind, answer: str) -> bool:
        expected = self.tail if kind is ProofKind.NUMBER_TAIL else self.secret
        return bool(expected) and answer == expected

    def is_phone_of(self, hashes: Sequence[str]) -> bool:
        return bool(self.phone) and self.phone in hashes


def lans_dossier(status: Status = Status.IN_PROGRESS) -> Dossier:
    """Lan's land dossier in a given status, with what that status brings."""
    received = NOW - dt.timedelta(days=4, hours=1)
    return Dossier(
        id=DossierId(1),
        code="H48.14-261116-0001",
        procedure_code="1.000001",
        procedure_name="Cấp đổi Giấy chứng nhận quyền sử dụng đất",
        status=status,
        owner_name="Nguyễn Thị Lan",
        submitted_at=received,
        received_at=received,
        due_at=NOW + dt.timedelta(days=5),
        duration=Duration(amount=5, unit=DurationUnit.WORKING_DAY),
        receiving=DESK,
        competent=LAND,
        legs=(
            Leg(position=0, organisation=DESK, task="kiểm tra hồ sơ", started_at=received,
                ended_at=received + dt.timedelta(hours=4)),
            Leg(position=1, organisation=TAX, task="xác định nghĩa vụ tài chính",
                allowed=Duration(amount=3, unit=DurationUnit.WORKING_DAY),
                started_at=received + dt.timedelta(hours=4), due_at=NOW + dt.timedelta(days=1)),
            Leg(position=2, organisation=LAND, task="ký kết quả"),
        ),
        history=(
            StatusChange(at=received, status=Status.RECEIVED, organisation=DESK),
            StatusChange(at=received + dt.timedelta(hours=4), status=status, organisation=TAX),
        ),
        supplements=(
            SupplementRequest(
                requested_at=NOW,
                items=("Bản gốc Giấy chứng nhận", "Mảnh trích đo"),
                respond_by=dt.date(2026, 11, 27),
            ),
        ) if status is Status.SUPPLEMENT_REQUESTED else (),
        fees=(
            DossierFee(name="Lệ phí", amount=150_000, due_on=dt.date(2026, 11, 30),
                       pay_where="Thuế cơ sở 3"),
        ) if status is Status.PAYMENT_REQUESTED else (),
        result=DossierResult(name="Giấy chứng nhận", collect_where=DESK.name, bring="Giấy hẹn"),
        reason="Thiếu giấy tờ." if status in {Status.REFUSED, Status.STOPPED} else "",
    )  # fmt: skip


def shelf_of(
    dossiers: Iterable[Dossier], codes: Iterable[str], *, is_locked: bool = False
) -> Shelf:
    """The shelf that a store would hand over for these codes."""
    proofs = ClearProofs(tail=TAIL, secret=SECRET, phone=PHONE)
    held = {dossier.code: (dossier, proofs) for dossier in dossiers}
    wanted = {code: held[code] for code in codes if code in held}
    return Shelf(absent=ClearProofs(), entries=wanted, is_locked=is_locked)
