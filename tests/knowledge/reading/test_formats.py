"""Every file format, read from its bytes as an office would hand it over."""

import csv
import gzip
import io
import json
import zipfile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.model import (
    Case,
    CaseQuestion,
    ChannelKind,
    Duration,
    DurationUnit,
    Fee,
    FeeKind,
    FilingChannel,
    Level,
    Paper,
    PaperUse,
    Procedure,
    ProcedureCode,
    SourceKind,
)
from knowledge.reading.sniff import Format, read_catalogue_file
from knowledge.writing.template import blank_template, write_csv, write_xlsx
from tests.knowledge import procedures as known

PORTAL = {
    "code": "1.000001",
    "name": "Đăng ký khai sinh",
    "level": "Cấp Xã",
    "agency": "Ủy ban nhân dân cấp xã",
    "channels": [{"channel": "Trực tiếp", "time": "1 Ngày làm việc", "fee": "Miễn phí"}],
    "documents": [{"name": "Tờ khai", "qty": "1 bản chính", "case": ""}],
    "decision_no": "Quyết định số 163/QĐ-BTP",
    "snapshot": "2026-07",
}
PACKET = {
    "MaTTHC": "1.000001",
    "TENTTHC": "Đăng ký khai sinh",
    "CAPTHUCHIEN": [{"CapThucHien": "3"}],
    "LINHVUCTHUCHIEN": [{"MALINHVUC": "HT", "TENLINHVUC": "Hộ tịch"}],
    "TRINHTUTHUCHIEN": [{"TRUONGHOP": "", "TRINHTU": ["Nộp hồ sơ.", "Nhận kết quả."]}],
    "CACHTHUCTHUCHIEN": [
        {
            "KENH": 2,
            "THOIGIAN": [
                {
                    "THOIGIANGIAIQUYET": 3,
                    "DONVITINH": "Ngày làm việc",
                    "PHILEPHI": [{"SOTIEN": 8000, "DONVI": "Đồng", "MOTA": ""}],
                }
            ],
        }
    ],
    "THANHPHANHOSO": [
        {
            "TRUONGHOP": "",
            "GIAYTO": [
                {"TENGIAYTO": "Tờ khai", "SOBANCHINH": 1, "SOBANSAO": 0},
                {"TENGIAYTO": "Lưu ý khi khai", "SOBANCHINH": 0, "SOBANSAO": 0},
            ],
        }
    ],
    "KETQUATHUCHIEN": [{"TENKETQUA": "Giấy khai sinh"}],
    "CANCUPHAPLY": [{"SOVANBAN": "60/2014/QH13", "TENVANBAN": "Luật Hộ tịch"}],
    "SOQUYETDINH": "163/QĐ-BTP",
    "NGAYQUYETDINH": "01/02/2026",
}


def _lines(*records: object) -> bytes:
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in records).encode()


def _list_of(*rows: tuple[str, ...]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "DANH SÁCH THỦ TỤC HÀNH CHÍNH")
    header = ("Mã số", "Tên", "Cơ quan ban hành", "Cơ quan thực hiện", "Lĩnh vực")
    for number, row in enumerate((header, *rows), 1):
        sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


@pytest.mark.parametrize("packed", [False, True])
def test_portal_records_are_read_packed_or_not(*, packed: bool) -> None:
    data = gzip.compress(_lines(PORTAL)) if packed else _lines(PORTAL)
    reading = read_catalogue_file("portal.jsonl", data)
    assert reading.is_usable
    procedure = reading.procedures[0]
    assert procedure.source is SourceKind.PORTAL
    assert procedure.levels == (Level.COMMUNE,)
    assert procedure.decision
    assert procedure.decision.number == "163/QĐ-BTP"
    assert procedure.channels[0] == FilingChannel(
        kind=ChannelKind.COUNTER,
        duration=Duration(amount=1, unit=DurationUnit.WORKING_DAY),
        fees=(Fee(kind=FeeKind.FREE),),
    )


def test_dirty_values_are_reported_with_their_line_and_lose_nothing() -> None:
    dirty = {**PORTAL, "code": "1.000002", "channels": [{"channel": "x", "fee": "(1)"}]}
    reading = read_catalogue_file("portal.jsonl", _lines(PORTAL, dirty))
    assert reading.is_usable
    assert len(reading.procedures) == 2
    assert [(one.rule, one.row) for one in reading.problems] == [("fee-unclear", 2)]


def test_a_result_that_lost_its_first_word_is_reported_and_left_out() -> None:
    record = {**PORTAL, "result": "Giấy khai sinh; lục đăng ký nhận cha, mẹ, con"}
    reading = read_catalogue_file("portal.jsonl", _lines(record))
    assert reading.procedures[0].result == "Giấy khai sinh"
    assert [problem.rule for problem in reading.problems] == ["result-cut"]


def test_progress_counts_to_the_end() -> None:
    counted: list[int] = []
    records = [{**PORTAL, "code": f"1.{number:06d}"} for number in range(120)]
    read_catalogue_file("portal.jsonl", _lines(*records), progress=counted.append)
    assert counted == sorted(counted)
    assert counted[-1] == 120


def test_a_list_of_the_portal_is_read_with_line_breaks_in_its_cells() -> None:
    reading = read_catalogue_file(
        "list.xlsx", _list_of(("1.000001", "Đăng ký\nkhai sinh", "Bộ Tư pháp", "UBND\nSở", "HT"))
    )
    assert reading.is_usable
    assert reading.procedures[0].name == "Đăng ký khai sinh"
    assert reading.procedures[0].agency == "UBND; Sở"


def test_a_list_row_without_a_code_is_named() -> None:
    reading = read_catalogue_file("list.xlsx", _list_of(("", "Đăng ký khai sinh", "", "", "")))
    assert [(one.row, one.field) for one in reading.problems] == [(3, "Mã số")]
    assert not reading.is_usable


@pytest.mark.parametrize("wrapped", [PACKET, [PACKET], {"data": [PACKET]}])
def test_the_national_packet_is_read_bare_listed_or_wrapped(wrapped: object) -> None:
    reading = read_catalogue_file("packet.json", json.dumps(wrapped).encode())
    assert reading.is_usable
    procedure = reading.procedures[0]
    assert procedure.source is SourceKind.PACKET
    assert procedure.field == "Hộ tịch"
    assert procedure.steps == ("Nộp hồ sơ.", "Nhận kết quả.")
    assert procedure.channels[0].kind is ChannelKind.ONLINE
    assert procedure.channels[0].fees[0].amount == 8000
    assert [paper.use for paper in procedure.papers] == [PaperUse.SUBMIT, PaperUse.NOTE]
    assert procedure.decision
    assert str(procedure.decision.date) == "2026-02-01"


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_the_template_writes_it_reads_back(write: object) -> None:
    assert callable(write)
    data = write(known.ALL)
    reading = read_catalogue_file("t.xlsx" if data[:2] == b"PK" else "t.csv", data)
    assert [str(problem) for problem in reading.problems] == []
    assert {one.code: _facts(one) for one in reading.procedures} == {
        one.code: _facts(one) for one in known.ALL
    }


_text = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=20).map(
    lambda text: f"x {text} x"
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(_text, min_size=1, max_size=4, unique=True), _text, st.integers(1, 10**7))
def test_any_entry_survives_the_spreadsheet(papers: list[str], name: str, fee: int) -> None:
    procedure = Procedure(
        code=ProcedureCode("1.000001"),
        name=name,
        questions=(
            CaseQuestion(
                key="q",
                text=name,
                cases=(Case(key="a", label=papers[0]), Case(key="b", label=name)),
            ),
        ),
        papers=tuple(Paper(name=paper, cases=("a", "b")) for paper in papers),
        channels=(
            FilingChannel(
                kind=ChannelKind.POST, fees=(Fee(kind=FeeKind.AMOUNT, amount=fee, text=name),)
            ),
        ),
        source=SourceKind.TEMPLATE,
    )
    for data in (write_csv([procedure]), write_xlsx([procedure])):
        reading = read_catalogue_file("t.csv", data, Format.TEMPLATE)
        assert reading.procedures == (procedure,)


def test_no_cell_of_the_template_begins_as_a_formula() -> None:
    evil = Procedure(code=ProcedureCode("1.000001"), name='=HYPERLINK("http://x")')
    rows = list(csv.reader(io.StringIO(write_csv([evil]).decode("utf-8-sig"))))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert read_catalogue_file("t.csv", write_csv([evil])).procedures[0].name == evil.name


def test_a_blank_template_holds_no_procedure() -> None:
    reading = read_catalogue_file("blank.xlsx", blank_template())
    assert reading.is_usable
    assert reading.procedures == ()


def test_a_wrong_cell_of_the_template_is_named_by_row_and_column() -> None:
    text = "Mã thủ tục,Dòng,Nội dung,Loại\n1.000001,Thủ tục,Khai sinh,\n,Giấy tờ,Tờ khai,cho\n"
    problem = read_catalogue_file("t.csv", text.encode()).problems[0]
    assert (problem.row, problem.field) == (3, "Loại")
    assert "cho" in problem.message
    assert "xuất trình" in problem.advice


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.jsonl", b"", "empty"),
        ("blank.jsonl", b" \n ", "empty"),
        ("notes.txt", b"hello", "no format"),
        ("cut.gz", gzip.compress(_lines(PORTAL) * 50)[:60], "cut off"),
        ("latin.jsonl", '{"code": "1.000001", "name": "Đăng"}'.encode("cp1258"), "UTF-8"),
        ("cut.xlsx", _list_of(("1.000001", "a", "", "", ""))[:900], "damaged"),
        ("other.csv", b"a,b\n1,2\n", "neither a list"),
        ("cut.csv", b'a,b\n1,"2\n', "cut off"),
        ("cut.jsonl", _lines(PORTAL)[:40], "Not a JSON object"),
        ("cut.json", json.dumps([PACKET]).encode()[:200], "Not JSON"),
        (
            "short.csv",
            "Mã thủ tục,Dòng,x\n1.000001,a".encode(),
            "cut off",
        ),
        ("deep.json", b"[" * 100_000, "JSON"),
        ("digits.jsonl", b'{"code": ' + b"1" * 5000 + b"}", "JSON"),
        ("numbers.json", b"[1,2]", "no JSON object"),
        ("keys.jsonl", b'{"code": "1.000001", "name": "T", "documents": [{"qty": "1"}]}', "wrong"),
        ("nul.csv", b"\x00\x01\x02", "neither text"),
    ],
)
def test_a_broken_file_is_one_clear_error(name: str, data: bytes, said: str) -> None:
    reading = read_catalogue_file(name, data)
    assert not reading.is_usable
    problem = reading.problems[0]
    assert problem.file == name
    assert said in problem.message
    assert problem.advice


def test_a_missing_column_is_named() -> None:
    text = "Mã số,Tên,Lĩnh vực\n1.000001,Khai sinh,Hộ tịch\n"
    reading = read_catalogue_file("list.csv", text.encode())
    assert {problem.field for problem in reading.problems} == {
        "Cơ quan ban hành",
        "Cơ quan thực hiện",
    }


def test_a_code_that_stands_twice_is_an_error() -> None:
    reading = read_catalogue_file("portal.jsonl", _lines(PORTAL, PORTAL))
    assert [(one.rule, one.row) for one in reading.problems] == [("code-twice", 2)]
    assert not reading.is_usable


def test_a_workbook_that_unpacks_to_much_more_is_refused_unread() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (64 << 20))
    problem = read_catalogue_file("bomb.xlsx", buffer.getvalue()).problems[0]
    assert "unpack" in problem.message


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    for name in ("x.jsonl", "x.csv", "x.xlsx", "x.json"):
        read_catalogue_file(name, data)


def _facts(procedure: Procedure) -> dict[str, object]:
    left_out = {"source"}
    return {name: getattr(procedure, name) for name in procedure.__slots__ if name not in left_out}
