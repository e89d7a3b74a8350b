"""Files as other systems drop them, good ones and hostile ones."""

import io
import struct
import zipfile
from pathlib import Path

import xlsxwriter

HEADER = "Mã hồ sơ,Tên thủ tục,Chủ hồ sơ,Trạng thái"
CODE = "H48.14-261116-0001"
ROW = f"{CODE},Khai sinh,Nguyễn Lan,4"
_SHEET = "xl/worksheets/sheet1.xml"


def csv(*rows: str) -> bytes:
    return ("\r\n".join((HEADER, *rows)) + "\r\n").encode("utf-8-sig")


def xlsx(*rows: str, far: tuple[int, int] | None = None) -> bytes:
    """A workbook of these rows; `far`: row and column of one cell more."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((HEADER, *rows)):
            sheet.write_row(number, 0, row.split(","))
        if far:
            sheet.write(*far, "x")
    return buffer.getvalue()


def bomb(mebibytes: int, *, lies: bool) -> bytes:
    """A workbook whose sheet unpacks to this much; with `lies` it says that it is small."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(ROW))) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            if entry.filename != _SHEET:
                target.writestr(entry.filename, source.read(entry))
        with target.open(_SHEET, "w") as sheet:
            sheet.write(b'<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>')
            for _ in range(mebibytes):
                sheet.write(b"a" * (1 << 20))
            sheet.write(b"</t></is></c></row></sheetData></worksheet>")
        size = target.getinfo(_SHEET).file_size
    data = packed.getvalue()
    return data.replace(struct.pack("<I", size), struct.pack("<I", 1_000)) if lies else data


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file()}
