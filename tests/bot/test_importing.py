"""Dossiers from spreadsheets: the whole file or nothing, every problem with row and column."""

import datetime as dt
import io
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.plain_words import LOCAL
from bot.errors import Refusal
from bot.imported_row import COLUMNS
from bot.importing import read_dossier_file
from db.records import Status
from knowledge.model import Duration, DurationUnit

_HEADER = ["Mã hồ sơ", "Tên thủ tục", "Chủ hồ sơ", "Trạng thái", "Số định danh", "Ngày tiếp nhận"]
_ROW = ["H48.14-261116-0001", "Khai sinh", "Nguyễn Lan", "4", "062123204613", "16/11/2026 08:20"]


def _csv(folder: Path, *rows: list[str], encoding: str = "utf-8-sig", name: str = "d.csv") -> Path:
    file = folder / name
    text = "\r\n".join(",".join(row) for row in rows) + "\r\n"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_file_is_read(tmp_path: Path, encoding: str) -> None:
    reading = read_dossier_file(_csv(tmp_path, _HEADER, _ROW, encoding=encoding), LOCAL)
    assert reading.problems == ()
    (new,) = reading.dossiers
    assert new.dossier.code == "H48.14-261116-0001"
    assert new.dossier.status is Status.IN_PROGRESS
    assert new.owner_number == "062123204613"
    assert new.dossier.received_at is not None
    assert new.dossier.received_at.isoformat() == "2026-11-16T08:20:00+07:00"


def test_an_excel_file_reads_the_same(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate((_HEADER, _ROW)):
        sheet.write_row(number, 0, row)
    book.close()
    file = tmp_path / "d.xlsx"
    file.write_bytes(buffer.getvalue())
    assert read_dossier_file(file, LOCAL) == read_dossier_file(_csv(tmp_path, _HEADER, _ROW), LOCAL)


_MORE = {
    "Lĩnh vực": "Hộ tịch",
    "Cán bộ xử lý": "Y Hoa",
    "Thời hạn": "5 ngày làm việc",
    "Ngày có kết quả": "20/11/2026",
    "Mã hồ sơ liên thông": "h48.14-261116-0009",
    "Người được uỷ quyền": "A Minh",
    "Điện thoại người được uỷ quyền": "0900 000 009",
    "Số định danh người được uỷ quyền": "062123654321",
    "Uỷ quyền đến": "30/11/2026",
}


def test_what_reports_groups_and_delegates_need_is_read(tmp_path: Path) -> None:
    file = _csv(tmp_path, [*_HEADER, *_MORE], [*_ROW, *_MORE.values()])
    reading = read_dossier_file(file, LOCAL)
    assert reading.problems == ()
    (new,) = reading.dossiers
    dossier, (minh,) = new.dossier, new.delegates
    assert (dossier.field, dossier.officer) == ("Hộ tịch", "Y Hoa")
    assert dossier.duration == Duration(amount=5, unit=DurationUnit.WORKING_DAY)
    assert dossier.finished_at == dt.datetime(2026, 11, 20, tzinfo=LOCAL)
    assert dossier.parent_code == "H48.14-261116-0009"
    assert (minh.name, minh.phone, minh.number) == ("A Minh", "0900000009", "062123654321")
    assert minh.until == dt.datetime(2026, 12, 1, tzinfo=LOCAL)  # the 30th is still allowed


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Thời hạn", "nhanh thôi"),
        ("Mã hồ sơ liên thông", "0009"),
        ("Số định danh người được uỷ quyền", "123"),
        ("Người được uỷ quyền", ""),
        ("Uỷ quyền đến", "mai"),
    ],
)
def test_a_wrong_cell_among_them_is_named(tmp_path: Path, column: str, value: str) -> None:
    cells = _MORE | {column: value}
    file = _csv(tmp_path, [*_HEADER, *cells], [*_ROW, *cells.values()])
    reading = read_dossier_file(file, LOCAL)
    assert [(problem.row, problem.field) for problem in reading.problems] == [(2, column)]
    assert reading.dossiers == ()


def test_statuses_may_be_names(tmp_path: Path) -> None:
    row = [*_ROW[:3], "Yêu cầu bổ sung giấy tờ", *_ROW[4:]]
    (new,) = read_dossier_file(_csv(tmp_path, _HEADER, row), LOCAL).dossiers
    assert new.dossier.status is Status.SUPPLEMENT_REQUESTED


@pytest.mark.parametrize(
    ("place", "value", "column", "told"),
    [
        (0, "H48", "Mã hồ sơ", "no dossier code"),
        (1, "", "Tên thủ tục", "is empty"),
        (2, "", "Chủ hồ sơ", "is empty"),
        (3, "xong", "Trạng thái", "no status"),
        (4, "123", "Số định danh", "12 digits"),
        (5, "31/02/2026", "Ngày tiếp nhận", "no date"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(
    tmp_path: Path, place: int, value: str, column: str, told: str
) -> None:
    wrong = [*_ROW]
    wrong[place] = value
    reading = read_dossier_file(_csv(tmp_path, _HEADER, _ROW, wrong), LOCAL)
    problem = reading.problems[0]
    assert (problem.row, problem.field) == (3, column)
    assert told in problem.message
    assert "d.csv, row 3" in str(problem)


def test_a_missing_and_a_doubled_column_are_told(tmp_path: Path) -> None:
    header = ["Mã hồ sơ", "Mã hồ sơ", "Chủ hồ sơ", "Trạng thái"]
    problems = read_dossier_file(_csv(tmp_path, header), LOCAL).problems
    assert {(problem.field, problem.message) for problem in problems} == {
        ("Mã hồ sơ", "The column stands more than once."),
        ("Tên thủ tục", "The column is missing."),
    }


def test_the_same_dossier_twice_is_a_problem(tmp_path: Path) -> None:
    problems = read_dossier_file(_csv(tmp_path, _HEADER, _ROW, _ROW), LOCAL).problems
    assert "row 2 already" in problems[0].message


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("d.csv", b""),
        ("d.csv", "Mã hồ sơ\nHồ".encode("cp1258", "replace") + b"\xff\xfe\xfa"),
        ("d.csv", b'a,b\n"unclosed'),
        ("d.csv", b"a,b\n1"),
        ("d.xlsx", b"not a zip at all"),
        ("d.xlsx", b"PK\x03\x04 cut off"),
        ("d.xlsx", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_a_broken_file_is_refused_by_name(tmp_path: Path, name: str, data: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(Refusal, match=name.replace(".", r"\.")):
        read_dossier_file(file, LOCAL)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be read"):
        read_dossier_file(tmp_path / "none.csv", LOCAL)


@given(data=st.binary(max_size=400), name=st.sampled_from(["x.csv", "x.xlsx"]))
def test_no_bytes_break_the_reader(
    data: bytes, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / name
    file.write_bytes(data)
    with suppress(Refusal):
        assert read_dossier_file(file, LOCAL).dossiers == ()


def test_the_columns_are_documented() -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "dossiers.md").read_text("utf-8")
    assert all(title in text for title in COLUMNS.values())


def test_offices_whose_names_differ_in_accents_stay_apart(tmp_path: Path) -> None:
    rows = [
        f"H48.14-261116-000{number},Khai sinh,Lan,2,UBND xã {name}"
        for number, name in ((1, "Tân Lập"), (2, "Tấn Lập"))
    ]
    file = tmp_path / "d.csv"
    header = "Mã hồ sơ,Tên thủ tục,Chủ hồ sơ,Trạng thái,Nơi tiếp nhận"
    file.write_text("\n".join((header, *rows)) + "\n", "utf-8")
    offices = [new.dossier.receiving for new in read_dossier_file(file, LOCAL).dossiers]
    assert len({office.code for office in offices if office}) == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Trạng thái", "²"),
        ("Ngày tiếp nhận", "01/01/0001"),
        ("Ngày tiếp nhận", "9999-12-31T23:00:00-12:00"),
        ("Mã hồ sơ", "H48.14-261116-0٠٠7"),
        ("Mã hồ sơ", "H48.14-261116-" + "1" * 1900),
        ("Mã bí mật", "ngắn"),
        ("Mã thủ tục", "1.004616.000.00.00.H56"),
    ],
)
def test_a_cell_that_only_looks_right_is_named(tmp_path: Path, column: str, value: str) -> None:
    cells = {
        "Mã hồ sơ": "H48.14-261116-0001",
        "Tên thủ tục": "Khai sinh",
        "Chủ hồ sơ": "Lan",
        "Trạng thái": "2",
        "Ngày tiếp nhận": "",
        "Mã bí mật": "",
        column: value,
    }
    file = tmp_path / "d.csv"
    file.write_text(",".join(cells) + "\n" + ",".join(cells.values()) + "\n", "utf-8")
    reading = read_dossier_file(file, LOCAL)
    assert [(one.row, one.field) for one in reading.problems] == [(2, column)]


def test_an_imported_receipt_secret_is_kept_as_a_proof(tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    header = "Mã hồ sơ,Tên thủ tục,Chủ hồ sơ,Trạng thái,Mã bí mật"
    file.write_text(f"{header}\nH48.14-261116-0001,Khai sinh,Lan,2,mang2den\n", "utf-8")
    assert read_dossier_file(file, LOCAL).dossiers[0].receipt_secret == "MANG2DEN"
