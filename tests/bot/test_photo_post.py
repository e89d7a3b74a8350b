"""A photo sent on the page: answered as if its code had been typed, or told what was wrong."""

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from aiohttp import ClientResponse, FormData
from PIL import Image

from bot.channels.webchat.routes import FRAGMENT
from bot.channels.webchat.session import PHOTOS_A_MINUTE
from bot.messages import Language, PhotoTrouble
from bot.receipts.link import telegram_address, web_address
from bot.receipts.picture import LARGEST_BYTES
from bot.wording.dialogue import wording
from db.engine import Database
from tests.bot.desk import SAMPLE, OpenDesk, open_desk
from tests.bot.receipt_desk import BOT, Client, receipt_client, reference
from tests.fakes.hostile import png_bomb
from tests.fakes.photos import qr_png

HTML = {"Accept": "text/html"}
SCRIPT = {"Accept": FRAGMENT}
TROUBLE = wording(Language.VI).photos.trouble
RECEIPT = qr_png(web_address("https://motcua.example", reference()))


@pytest.fixture
async def desk(sqlite_database: Database) -> AsyncIterator[OpenDesk]:
    async with open_desk(sqlite_database) as opened:
        yield opened


@pytest.fixture
async def client(desk: OpenDesk) -> AsyncIterator[Client]:
    async with receipt_client(desk) as opened:
        await opened.get("/")
        yield opened


async def _send(client: Client, data: bytes, **headers: str) -> ClientResponse:
    form = FormData()
    form.add_field(
        "photo", io.BytesIO(data), filename="../../IMG_0001.jpg", content_type="image/jpeg"
    )
    return await client.post("/chat/photo", data=form, headers={**SCRIPT, **headers})


@pytest.mark.parametrize(
    "text",
    [
        reference(),
        telegram_address(BOT, reference()),
        web_address("https://motcua.example", reference()),
        SAMPLE.code,
    ],
)
async def test_a_photo_of_a_receipt_is_answered_as_if_its_code_was_typed(
    client: Client, text: str
) -> None:
    sent = await (await _send(client, qr_png(text))).text()
    typed = await client.post("/chat", data={"text": SAMPLE.code}, headers=SCRIPT)
    assert sent == await typed.text()
    proven = await client.post("/chat", data={"text": SAMPLE.tail}, headers=SCRIPT)
    assert "Đang xử lý" in await proven.text()


async def test_it_works_without_a_script(client: Client) -> None:
    page = await (await client.get("/")).text()
    assert 'action="/chat/photo" enctype="multipart/form-data"' in page
    response = await _send(client, RECEIPT, **HTML)
    assert response.url.path == "/"
    assert f"hồ sơ {SAMPLE.code}" in await response.text()


def _plain() -> bytes:
    drawn = io.BytesIO()
    Image.new("L", (600, 400), 200).save(drawn, "JPEG")
    return drawn.getvalue()


WRONG = {
    "no code in it": (_plain(), PhotoTrouble.NO_CODE),
    "a script as code": (qr_png("javascript:alert(1)"), PhotoTrouble.FOREIGN_CODE),
    "another house": (qr_png("https://elsewhere.example/h/" + "A" * 40), PhotoTrouble.FOREIGN_CODE),
    "svg": (b"<svg onload='alert(1)'/>", PhotoTrouble.NOT_A_PICTURE),
    "truncated": (RECEIPT[:-30], PhotoTrouble.NOT_A_PICTURE),
    "empty": (b"", PhotoTrouble.NOT_A_PICTURE),
    "bomb": (png_bomb(30_000), PhotoTrouble.TOO_LARGE),
    "nonsense": (b"x" * LARGEST_BYTES, PhotoTrouble.NOT_A_PICTURE),
    "a byte too much": (b"x" * (LARGEST_BYTES + 1), PhotoTrouble.TOO_LARGE),
    "twice too much": (b"x" * (2 * LARGEST_BYTES), PhotoTrouble.TOO_LARGE),
}


@pytest.mark.parametrize("name", list(WRONG))
async def test_what_was_wrong_is_told_in_the_conversation(client: Client, name: str) -> None:
    data, trouble = WRONG[name]
    response = await _send(client, data)
    assert response.status == 200
    assert TROUBLE[trouble.value] in await response.text()
    page = await (await client.get("/")).text()
    assert TROUBLE[trouble.value] in page
    assert "alert" not in page


async def test_a_body_that_does_not_tell_its_length_has_the_same_limit(client: Client) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
        for _ in range(2 * LARGEST_BYTES // 65536):
            yield b"x" * 65536
        yield b"\r\n--x--\r\n"

    headers = {**SCRIPT, "Content-Type": "multipart/form-data; boundary=x"}
    response = await client.post("/chat/photo", data=endless(), headers=headers)
    assert TROUBLE["too_large"] in await response.text()


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data", b"photo=x", 400),
        ("multipart/form-data; boundary=x", b"no boundary at all", 400),
        ("application/x-www-form-urlencoded", b"photo=x", 415),
        ("image/jpeg", RECEIPT, 415),
    ],
)
async def test_what_is_no_form_is_refused(
    client: Client, kind: str, body: bytes, status: int
) -> None:
    headers = {**HTML, "Content-Type": kind}
    response = await client.post("/chat/photo", data=body, headers=headers)
    assert response.status == status
    assert 'lang="vi"' in await response.text()


async def test_other_sites_cannot_send_a_photo(client: Client) -> None:
    assert (await _send(client, RECEIPT, **{"Sec-Fetch-Site": "cross-site"})).status == 403


async def test_hurried_photos_are_slowed_down_and_typing_is_not(client: Client) -> None:
    for _ in range(PHOTOS_A_MINUTE):
        await _send(client, b"x")
    assert TROUBLE["gave_up"] in await (await _send(client, RECEIPT)).text()
    typed = await client.post("/chat", data={"text": SAMPLE.code}, headers=SCRIPT)
    assert SAMPLE.code in await typed.text()


async def test_a_hostile_photo_leaves_the_conversation_of_others_alone(
    desk: OpenDesk, client: Client
) -> None:
    async with receipt_client(desk) as other:
        hostile = asyncio.create_task(_send(client, png_bomb(2900)))
        typed = await other.post("/chat", data={"text": SAMPLE.code}, headers=SCRIPT)
        assert SAMPLE.code in await typed.text()
        assert (await hostile).status == 200


def _refuse_file(*_: object, **__: object) -> None:
    raise AssertionError("A photo would be written to the disk.")


def _on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("motcua.db*"))


async def test_no_photo_is_stored_or_logged(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, _refuse_file)
    with structlog.testing.capture_logs() as lines:
        assert (await _send(client, RECEIPT + bytes(4 << 20))).status == 200
        await _send(client, qr_png("https://elsewhere.example/a-secret-of-somebody"))
    assert lines
    for word in ("IMG_0001", "a-secret", SAMPLE.code, reference()):
        assert word not in str(lines)
    kept = _on_disk(tmp_path)
    assert kept
    for trace in (RECEIPT[:64], b"IMG_0001", b"a-secret", reference().encode()):
        assert trace not in kept
