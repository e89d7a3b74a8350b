"""The words of our spreadsheet template: one place for reading and writing it."""

from enum import StrEnum

from knowledge.model import ChannelKind, DecisionAct, DurationUnit, FeeKind, Level, PaperUse


class Column(StrEnum):
    """The columns, in order."""

    CODE = "Mã thủ tục"
    ROW = "Dòng"
    TEXT = "Nội dung"
    KIND = "Loại"
    CONDITION = "Chỉ khi"
    CASES = "Trường hợp"
    ORIGINALS = "Bản chính"
    COPIES = "Bản sao"
    AMOUNT = "Số"
    UNIT = "Đơn vị"
    NOTE = "Ghi chú"
    LINK = "Đường dẫn"
    LINK_TITLE = "Tên mẫu"
    SHORT_NAME = "Tên ngắn"
    SUMMARY = "Tóm tắt"
    FIELD = "Lĩnh vực"
    LEVELS = "Cấp"
    AGENCY = "Cơ quan"
    MINISTRY = "Bộ ngành"
    RESULT = "Kết quả"
    DECISION = "Quyết định"
    DECISION_DATE = "Ngày quyết định"
    ACT = "Tác động"
    VALID_FROM = "Hiệu lực từ"
    VALID_UNTIL = "Hiệu lực đến"
    STATE = "Tình trạng"
    AS_OF = "Số liệu đến"


class RowKind(StrEnum):
    """What a row holds. A procedure's rows follow its first one."""

    PROCEDURE = "Thủ tục"
    ALIAS = "Tên gọi khác"
    QUESTION = "Câu hỏi"
    CASE = "Trường hợp"
    PAPER = "Giấy tờ"
    CHANNEL = "Cách thức"
    FEE = "Lệ phí"
    STEP = "Trình tự"
    CONDITION = "Điều kiện"
    AUDIENCE = "Đối tượng"
    LAW = "Căn cứ"
    FORM = "Biểu mẫu"
    RELATED = "Liên quan"


USES = {PaperUse.SUBMIT: "nộp", PaperUse.SHOW: "xuất trình", PaperUse.NOTE: "lưu ý"}
CHANNELS = {
    ChannelKind.COUNTER: "trực tiếp",
    ChannelKind.ONLINE: "trực tuyến",
    ChannelKind.POST: "bưu chính",
    ChannelKind.UNSTATED: "không ghi",
}
UNITS = {
    DurationUnit.WORKING_DAY: "ngày làm việc",
    DurationUnit.DAY: "ngày",
    DurationUnit.HOUR: "giờ",
    DurationUnit.MONTH: "tháng",
    DurationUnit.YEAR: "năm",
    DurationUnit.OTHER: "khác",
}
FEES = {
    FeeKind.FREE: "miễn phí",
    FeeKind.AMOUNT: "số tiền",
    FeeKind.BY_RULE: "theo quy định",
    FeeKind.CONFLICT: "chưa rõ",
}
LEVELS = {
    Level.MINISTRY: "bộ",
    Level.PROVINCE: "tỉnh",
    Level.DISTRICT: "huyện",
    Level.COMMUNE: "xã",
    Level.OTHER: "khác",
}
ACTS = {
    DecisionAct.ISSUED: "ban hành",
    DecisionAct.AMENDED: "sửa đổi",
    DecisionAct.REPLACED: "thay thế",
    DecisionAct.ABOLISHED: "bãi bỏ",
}
ABOLISHED = "bãi bỏ"
