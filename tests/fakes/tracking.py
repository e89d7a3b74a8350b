"""Rows of e-par and OpenCPS v2 as those systems write them, made up."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.fakes.others import DAY, Others, code

_HOUR = dt.timedelta(hours=1)
_STEPS = ("new", "receiving", "processing", "waiting", "correcting", "paying", "releasing",
          "posting", "done", "cancelled", "denied", "unresolved")  # fmt: skip

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class Sort:
    """A kind of e-par record: the task that is next, and what else makes its status."""

    next_task: str | None = None
    steps: Sequence[str] = ("TIEP_NHAN",)
    more: tuple[tuple[str, object], ...] = ()


EPAR_SORTS = {
    "handed over next": Sort(next_task="BAN_GIAO"),
    "in work": Sort(next_task="THU_LY", steps=("TIEP_NHAN", "BAN_GIAO", "PHAN_CONG")),
    "supplement": Sort(
        next_task="BO_SUNG",
        steps=("TIEP_NHAN", "BAN_GIAO", "THU_LY", "THONG_BAO_BO_SUNG"),
        more=(("C_PAUSE_DATE", DAY + 5 * _HOUR),),
    ),
    "tax": Sort(next_task="NHAN_BIEN_LAI_NOP_THUE", steps=("TIEP_NHAN", "TRA_THONG_BAO_NOP_THUE")),
    "fee": Sort(next_task="THU_PHI", steps=("TIEP_NHAN", "KY_DUYET")),
    "ready": Sort(next_task="TRA_KET_QUA", steps=("TIEP_NHAN", "BAN_GIAO", "KY_DUYET")),
    "returned": Sort(
        steps=("TIEP_NHAN", "BAN_GIAO", "KY_DUYET", "TRA_KET_QUA"),
        more=(("C_CLEAR_DATE", DAY + 30 * _HOUR), ("C_BIZ_DONE_DATE", DAY + 20 * _HOUR)),
    ),
    "refused": Sort(
        steps=("TIEP_NHAN", "THU_LY"),
        more=(("C_REJECTED", 1), ("C_REJECT_REASON", "Thiếu giấy"),
              ("C_REJECT_DATE", DAY + 9 * _HOUR)),
    ),
    "withdrawn": Sort(steps=("TIEP_NHAN", "RUT_HO_SO"), more=(("C_REJECTED", 2),)),
    "deleted": Sort(next_task="THU_LY", more=(("C_DELETED", 1),)),
}  # fmt: skip


def epar_rows(number: int, sort: Sort) -> Rows:
    """One record with what belongs to it; its number is its key."""
    steps = "".join(
        f'<step seq="{number}x{place}" code="DT01::{task}"><user_code>hoa</user_code>'
        f"<user_name>Hoa</user_name><datetime>{DAY + place * _HOUR}</datetime></step>"
        for place, task in enumerate(sort.steps)
    )
    following = (
        f'<next_task code="DT01::{sort.next_task}" user="quan" user_name="Quân" '
        'group_name="Phòng Kinh tế" step_time="2" co_user=""/>'
        if sort.next_task
        else ""
    )
    record: dict[str, Any] = {
        "PK_RECORD": number,
        "FK_RECORD_TYPE": 1,
        "C_RECORD_NO": code(number),
        "C_RECEIVE_DATE": DAY,
        "C_RETURN_DATE": DAY + 96 * _HOUR,
        "C_RETURN_PHONE_NUMBER": f"0900{number:06d}",
        "C_CITIZEN_NAME": "Nguyễn Thị Lan",
        "C_XML_DATA": f"<data><item id='txtIDNumber'><value>062{number:09d}</value></item></data>",
        "C_XML_PROCESSING": f'<?xml version="1.0"?><data>{following}{steps}</data>',
        "C_NEXT_TASK_CODE": f"DT01::{sort.next_task}" if sort.next_task else None,
        "C_NEXT_USER_CODE": "quan",
        "C_DOING_STEP_BEGIN_DATE": DAY + len(sort.steps) * _HOUR,
        "C_DOING_STEP_DEADLINE_DATE": DAY + 48 * _HOUR,
        "C_DELETED": 0,
        "C_REJECTED": 0,
        **dict.fromkeys(("C_REJECT_REASON", "C_REJECT_DATE", "C_PAUSE_DATE", "C_UNPAUSE_DATE",
                         "C_CLEAR_DATE", "C_BIZ_DONE_DATE")),
        **dict(sort.more),
    }  # fmt: skip
    rows: Rows = {"t_r3_record": [record]}
    if "THONG_BAO_BO_SUNG" in sort.steps:
        rows["t_r3_record_supplement"] = [
            {"FK_RECORD": number, "C_ANNOUNCE_DATE": DAY + 5 * _HOUR, "C_RECEIVE_DATE": None}
        ]
    if sort.next_task == "THU_PHI":
        rows["t_r3_record_fee"] = [{"FK_RECORD": number, "C_FINAL_FEE": "150.000"}]
    return rows


EPAR_TYPES: Rows = {
    "t_r3_record_type": [
        {"PK_RECORD_TYPE": 1, "C_CODE": "1.001193.000.00.00.H48", "C_NAME": "Đăng ký khai sinh"}
    ]
}


def opencps_rows(number: int, words: Sequence[str], **more: object) -> Rows:
    """One dossier whose actions led through `words`, the last being its present status."""
    actions = [
        {
            "dossierActionId": number * 100 + place,
            "createDate": DAY + place * _HOUR,
            "dossierId": number,
            "serviceProcessId": 1,
            "actionCode": str(place),
            "actionNote": "riêng của cán bộ",
            "stepCode": word,
            "stepName": f"bước {word}",
            "dueDate": DAY + (place + 8) * _HOUR,
        }
        for place, word in enumerate(words)
    ]
    dossier: dict[str, Any] = {
        "dossierId": number,
        "modifiedDate": DAY + len(words) * _HOUR,
        "serviceCode": "1.004222",
        "serviceName": "Đăng ký thường trú",
        "govAgencyCode": "H48.14",
        "govAgencyName": "Công an xã Măng Đen",
        "applicantName": "Nguyễn Thị Lan",
        "applicantIdNo": f"062{number:09d}",
        "contactTelNo": f"0900{number:06d}",
        "delegateName": "Minh",
        "delegateIdNo": "062123654321",
        "delegateTelNo": "",
        "dossierNo": code(number),
        "submitDate": DAY,
        "receiveDate": DAY + _HOUR,
        "dueDate": DAY + 96 * _HOUR,
        "releaseDate": None,
        "finishDate": None,
        "cancellingDate": None,
        "dossierStatus": words[-1],
        "password_": "1234",
        "online_": 1,
        "lockState": None,
        "originDossierId": 0,
        "originDossierNo": None,
        "durationUnit": 0,
        "durationCount": 5.0,
    } | more
    rows: Rows = {"opencps_dossier": [dossier], "opencps_dossieraction": actions}
    if words[-1] == "paying":
        rows["opencps_paymentfile"] = [
            {"paymentFileId": number, "dossierId": number, "paymentFee": "Lệ phí",
             "paymentAmount": 20_000, "approveDatetime": None, "confirmDatetime": None}
        ]  # fmt: skip
    return rows


OPENCPS_STEPS: Rows = {
    "opencps_processstep": [
        {"processStepId": place, "serviceProcessId": 1, "stepCode": word, "dossierStatus": word}
        for place, word in enumerate(_STEPS)
    ]
}


def fill(others: Others, parts: Iterator[Rows] | Sequence[Rows]) -> None:
    """Insert everything, table by table."""
    gathered: Rows = {}
    for rows in parts:
        for table, held in rows.items():
            gathered.setdefault(table, []).extend(held)
    for table, held in gathered.items():
        others.add(table, *held)
