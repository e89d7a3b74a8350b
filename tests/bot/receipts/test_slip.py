"""The printed slip: what stands on it, what never does, and a QR code that can be read."""

import datetime as dt
import io
import re
from dataclasses import replace
from pathlib import Path

import segno
import zxingcpp
from PIL import Image
from typer.testing import CliRunner

from bot.cli import app
from bot.demonstration import SAMPLE
from bot.office import Office
from bot.receipts.link import make, printed_address, read, reference_in
from bot.receipts.slip import ReceivedPaper, Slip, qr_svg, render_slip, slip_css
from db.secrets import Keyring
from tests.fakes.dossiers import SECRET, lans_dossier

RING = Keyring([b"a key of the tests, thirty-two bytes and more"])
DOSSIER = lans_dossier()
PAGE = "https://motcua.example"


def _reference() -> str:
    reference = make(RING, DOSSIER.code)
    assert reference is not None
    return reference


def _slip() -> Slip:
    address = printed_address(_reference(), public_url=PAGE)
    return Slip(dossier=DOSSIER, office=Office(), address=address, public_url=PAGE)


def test_it_says_what_the_citizen_has_to_know() -> None:
    paper = ReceivedPaper(name="Giấy chứng nhận", originals=1, copies=2)
    page = render_slip(replace(_slip(), papers=(paper,), collect_where="Quầy số 3"))
    for text in (
        DOSSIER.code,
        DOSSIER.procedure_name,
        "Nguyễn Thị Lan",
        "Trung tâm Phục vụ hành chính công xã Măng Đen",
        "8 giờ 00 ngày 16/11/2026",
        "9 giờ 00 ngày 25/11/2026",
        "Giấy chứng nhận (1 bản chính, 2 bản sao)",
        "Quầy số 3",
        "Quét mã để xem hồ sơ đang ở đâu",
    ):
        assert text in page, text


def test_what_is_not_known_has_no_row() -> None:
    bare = replace(DOSSIER, received_at=None, due_at=None, receiving=None, result=None)
    page = render_slip(replace(_slip(), dossier=bare, public_url=""))
    for label in ("Nhận hồ sơ lúc", "Hẹn trả", "Nhận kết quả tại", "Điện thoại", "Giấy tờ đã nhận"):
        assert label not in page
    assert "None" not in page


def test_the_secret_is_printed_only_when_it_is_handed_in() -> None:
    assert "Mã bí mật" not in render_slip(_slip())
    assert SECRET in render_slip(replace(_slip(), secret=SECRET))


def test_hostile_data_stays_text() -> None:
    hostile = "<script>alert(1)</script>\"'&"
    dossier = replace(DOSSIER, owner_name=hostile, procedure_name=hostile)
    papers = (ReceivedPaper(name=hostile),)
    slip = replace(_slip(), dossier=dossier, papers=papers, collect_where=hostile, secret=hostile)
    assert "<script" not in render_slip(slip)


def test_a_served_slip_needs_nothing_that_the_policy_forbids() -> None:
    page = render_slip(_slip(), stylesheet="/static/slip.css")
    assert '<link rel="stylesheet" href="/static/slip.css">' in page
    assert not re.search(r"<style|\bstyle=|<script|\bdata:|\bon\w+=", page)


def test_a_file_needs_nothing_beside_it() -> None:
    page = render_slip(_slip())
    assert slip_css() in page
    assert not re.search(r"<link|<img|\bsrc=|url\(", page)


def test_the_qr_code_leads_back_to_the_dossier() -> None:
    drawn = io.BytesIO()
    segno.make_qr(_slip().address, error="m").save(drawn, kind="png", scale=4)
    (seen,) = zxingcpp.read_barcodes(Image.open(drawn))
    assert seen.text == _slip().address
    assert read(RING, reference_in(seen.text) or "") == DOSSIER.code


def test_the_same_address_is_drawn_the_same_and_another_is_not() -> None:
    assert qr_svg("a") == qr_svg("a")
    assert qr_svg("a") != qr_svg("b")


def test_the_hour_is_the_offices() -> None:
    dossier = replace(DOSSIER, due_at=dt.datetime(2026, 11, 25, 23, 30, tzinfo=dt.UTC))
    assert "6 giờ 30 ngày 26/11/2026" in render_slip(replace(_slip(), dossier=dossier))


def test_staff_write_a_slip_to_a_file_for_themselves_alone(tmp_path: Path) -> None:
    settings = {"MOTCUA_DATA": str(tmp_path / "var"), "MOTCUA_PUBLIC_URL": PAGE}
    runner = CliRunner(env=settings)
    assert runner.invoke(app, ["demo"]).exit_code == 0
    file = tmp_path / "slip.html"
    command = ["receipt", SAMPLE.code, "--to", str(file)]
    assert runner.invoke(app, [*command, "--secret", "WRONG234"]).exit_code == 1
    assert runner.invoke(app, ["receipt", "H48.14-261116-0002", "--to", str(file)]).exit_code == 1
    assert not file.exists()
    assert runner.invoke(app, [*command, "--secret", SAMPLE.secret.lower()]).exit_code == 0
    page = file.read_text("utf-8")
    assert SAMPLE.secret in page
    assert SAMPLE.tail not in page
    assert file.stat().st_mode & 0o077 == 0
