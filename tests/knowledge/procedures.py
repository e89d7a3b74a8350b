"""A small catalogue for tests: few procedures, written for them."""

from dataclasses import replace

from knowledge.model import (
    Case,
    CaseQuestion,
    ChannelKind,
    Decision,
    Duration,
    DurationUnit,
    Fee,
    FeeKind,
    FilingChannel,
    LegalDocument,
    Level,
    Link,
    Paper,
    PaperUse,
    Procedure,
    ProcedureCode,
)
from knowledge.phrasebook import Asked, Entry, shipped_phrasebook

BIRTH = Procedure(
    code=ProcedureCode("1.000001"),
    name="Thủ tục đăng ký khai sinh",
    short_name="Đăng ký khai sinh",
    summary="Làm giấy khai sinh cho trẻ mới sinh.",
    aliases=("làm giấy khai sinh cho con",),
    field="Hộ tịch",
    levels=(Level.COMMUNE,),
    agency="Ủy ban nhân dân cấp xã",
    channels=(
        FilingChannel(
            kind=ChannelKind.COUNTER,
            duration=Duration(amount=1, unit=DurationUnit.WORKING_DAY),
            fees=(Fee(kind=FeeKind.FREE),),
        ),
        FilingChannel(
            kind=ChannelKind.ONLINE,
            duration=Duration(amount=2, unit=DurationUnit.WORKING_DAY),
            fees=(Fee(kind=FeeKind.FREE),),
        ),
    ),
    questions=(
        CaseQuestion(
            key="birth",
            text="Bé có giấy chứng sinh không?",
            cases=(
                Case(key="certified", label="Có giấy chứng sinh"),
                Case(key="uncertified", label="Không có"),
            ),
        ),
        CaseQuestion(
            key="filing",
            text="Anh/chị nộp bằng cách nào?",
            cases=(Case(key="paper", label="Trực tiếp"), Case(key="online", label="Qua mạng")),
        ),
    ),
    papers=(
        Paper(name="Tờ khai", cases=("paper",), originals=1),
        Paper(name="Mẫu điện tử", cases=("online",), originals=1),
        Paper(name="Giấy chứng sinh", cases=("certified",), originals=1),
        Paper(name="Giấy cam đoan về việc sinh", cases=("uncertified",), originals=1),
        Paper(name="Thẻ căn cước", use=PaperUse.SHOW, originals=1),
        Paper(name="Giấy ủy quyền", condition="nhờ người khác đi thay", originals=1),
        Paper(name="Cha mẹ không cần mang giấy kết hôn.", use=PaperUse.NOTE),
    ),
    steps=("Nộp hồ sơ.", "Nhận kết quả."),
    result="Giấy khai sinh",
    forms=(Link(title="Tờ khai khai sinh", url="https://example.gov.vn/to-khai.docx"),),
    legal_basis=(LegalDocument(number="60/2014/QH13", title="Luật Hộ tịch"),),
    decision=Decision(number="1/QĐ-BTP"),
    source_url="https://example.gov.vn/khai-sinh",
    as_of="2026-07",
)

DEATH = Procedure(
    code=ProcedureCode("1.000002"),
    name="Thủ tục đăng ký khai tử",
    short_name="Đăng ký khai tử",
    aliases=("ba mẹ mới mất đi khai tử",),
    levels=(Level.COMMUNE,),
    agency="Ủy ban nhân dân cấp xã",
    channels=(
        FilingChannel(
            kind=ChannelKind.COUNTER,
            fees=(Fee(kind=FeeKind.CONFLICT, text="Miễn phí (do HĐND cấp tỉnh quy định)"),),
        ),
    ),
    papers=(Paper(name="Giấy báo tử", originals=1),),
    decision=Decision(number="1/QĐ-BTP"),
    as_of="2026-07",
)

CERTIFY_COPY = Procedure(
    code=ProcedureCode("2.000001"),
    name="Chứng thực bản sao từ bản chính",
    aliases=("công chứng bản sao", "sao y bằng tốt nghiệp"),
    levels=(Level.COMMUNE,),
    agency="Ủy ban nhân dân cấp xã",
    channels=(
        FilingChannel(
            kind=ChannelKind.COUNTER,
            duration=Duration(amount=1, unit=DurationUnit.DAY, text="trong ngày"),
            fees=(Fee(kind=FeeKind.AMOUNT, amount=2000, per="trang"),),
        ),
    ),
    papers=(Paper(name="Bản chính giấy tờ", use=PaperUse.SHOW, originals=1),),
    decision=Decision(number="2/QĐ-BTP"),
    as_of="2026-07",
)

CERTIFY_SIGNATURE = Procedure(
    code=ProcedureCode("2.000002"),
    name="Chứng thực chữ ký",
    levels=(Level.COMMUNE,),
    agency="Ủy ban nhân dân cấp xã",
    as_of="2026-07",
)

ABOLISHED = Procedure(
    code=ProcedureCode("1.000009"),
    name="Cấp sổ hộ khẩu giấy",
    abolished=True,
    as_of="2020",
)

ALL = (BIRTH, DEATH, CERTIFY_COPY, CERTIFY_SIGNATURE, ABOLISHED)

BOOK = replace(
    shipped_phrasebook(),
    entries={
        BIRTH.code: Entry(
            code=BIRTH.code,
            asked=Asked.OFTEN,
            label="Khai sinh",
            phrases=("em mới sinh em bé", "vợ mới đẻ con", "làm giấy cho con mới sinh"),
        ),
        DEATH.code: Entry(
            code=DEATH.code,
            asked=Asked.OFTEN,
            label="Khai tử",
            phrases=("ông bà mới qua đời", "nhà có người mất", "làm giấy chứng tử"),
        ),
    },
)
"""What people say for the procedures above, and what no desk does, as it ships."""
