"""Photos of receipts: read when a person could read them, refused when they mean harm."""

import asyncio
import io
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.messages import Address, ChannelName, PhotoTrouble
from bot.receipts.link import make, web_address
from bot.receipts.photo import MOST_WAITING, PhotoReader, Seen, Unseen, heard
from bot.receipts.picture import LARGEST_BYTES
from bot.receipts.scanned import Scanned
from db.secrets import Keyring
from tests.conftest import KEY
from tests.fakes.dossiers import NOW
from tests.fakes.hostile import png_bomb, png_header, webp_header
from tests.fakes.photos import photo_of, qr_png, taken

CODE = "H48.14-261116-0001"
SCANNED = Scanned(keyring=Keyring([KEY]))


def _address() -> str:
    reference = make(SCANNED.keyring, CODE)
    assert reference is not None
    return web_address("https://motcua.example", reference)


def _as(kind: str, png: bytes, **options: Any) -> bytes:
    drawn = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(drawn, kind, **options)
    return drawn.getvalue()


@pytest.fixture
async def reader() -> AsyncIterator[PhotoReader]:
    opened = PhotoReader(SCANNED.code_in)
    yield opened
    await opened.close()


async def test_photos_of_a_slip_are_read(reader: PhotoReader) -> None:
    chance = random.Random(2026)
    photos = [photo_of(_address(), taken(chance, (1080, 1440)), chance) for _ in range(16)]
    read = [await reader.read(photo) for photo in photos]
    assert read.count(Seen(code=CODE)) >= 15


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_each_format_is_read(reader: PhotoReader, kind: str) -> None:
    assert await reader.read(_as(kind, qr_png(_address()))) == Seen(code=CODE)


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_a_photo_is_read_however_the_phone_was_held(
    reader: PhotoReader, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = _as("JPEG", qr_png(_address()), exif=exif)
    assert await reader.read(photo) == Seen(code=CODE)


async def test_a_picture_with_a_clear_ground_is_read(reader: PhotoReader) -> None:
    black = Image.open(io.BytesIO(qr_png(_address()))).convert("L").point(lambda grey: 255 - grey)
    clear = Image.new("RGBA", black.size, (0, 0, 0, 0))
    clear.putalpha(black)
    drawn = io.BytesIO()
    clear.save(drawn, "PNG")
    assert await reader.read(drawn.getvalue()) == Seen(code=CODE)


async def test_among_several_codes_ours_is_found(reader: PhotoReader) -> None:
    sheet = Image.new("L", (1000, 500), 255)
    for place, text in enumerate(("https://elsewhere.example/", _address())):
        sheet.paste(Image.open(io.BytesIO(qr_png(text, 7))).convert("L"), (place * 450, 40))
    drawn = io.BytesIO()
    sheet.save(drawn, "PNG")
    assert await reader.read(drawn.getvalue()) == Seen(code=CODE)


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "https://elsewhere.example/h/" + "A" * 40, "x" * 2000, "Xin chào"],
)
async def test_a_foreign_code_is_told_and_not_repeated(reader: PhotoReader, text: str) -> None:
    assert await reader.read(qr_png(text, 5)) == Unseen(trouble=PhotoTrouble.FOREIGN_CODE)


async def test_a_picture_without_a_code_is_told(reader: PhotoReader) -> None:
    photo = io.BytesIO()
    Image.effect_noise((1200, 900), 60).save(photo, "JPEG")
    assert await reader.read(photo.getvalue()) == Unseen(trouble=PhotoTrouble.NO_CODE)


_JPEG = _as("JPEG", qr_png("x"))
_BROKEN, _LARGE = PhotoTrouble.NOT_A_PICTURE, PhotoTrouble.TOO_LARGE
HOSTILE = {
    "png_of_30000_by_30000": (png_bomb(30_000), _LARGE),
    "png_of_two_milliards": (png_header(2**31 - 1, 2**31 - 1), _LARGE),
    "webp_of_16383_by_16383": (webp_header(16_383, 16_383), _LARGE),
    "webp_with_nothing_in_it": (webp_header(100, 100), _BROKEN),
    "truncated_jpeg": (_JPEG[: len(_JPEG) // 2], _BROKEN),
    "truncated_png": (qr_png("x")[:-40], _BROKEN),
    "header_alone": (png_header(100, 100), _BROKEN),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", _BROKEN),
    "gif_renamed": (_as("GIF", qr_png("x")), _BROKEN),
    "tiff_renamed": (_as("TIFF", qr_png("x")), _BROKEN),
    "eps_renamed": (_as("EPS", qr_png("x")), _BROKEN),
    "fits_renamed": (b"SIMPLE  =                    T".ljust(2880), _BROKEN),
    "gif_behind_a_jpeg_start": (b"\xff\xd8\xff" + _as("GIF", qr_png("x")), _BROKEN),
    "ten_megabytes_of_nonsense": (random.Random(3).randbytes(LARGEST_BYTES), _BROKEN),
    "nonsense_behind_a_jpeg_start": (
        _JPEG[:600] + random.Random(4).randbytes(LARGEST_BYTES - 600),
        _BROKEN,
    ),
    "more_than_ten_megabytes": (_JPEG.ljust(LARGEST_BYTES + 1, b"\0"), _LARGE),
    "nothing": (b"", _BROKEN),
}


@pytest.mark.parametrize("name", list(HOSTILE))
async def test_what_means_harm_is_refused_at_once(reader: PhotoReader, name: str) -> None:
    data, trouble = HOSTILE[name]
    await reader.read(qr_png("warm"))
    started = time.perf_counter()
    answer = await reader.read(data)
    assert time.perf_counter() - started < 1
    assert answer == Unseen(trouble=trouble)
    assert await reader.read(qr_png(_address())) == Seen(code=CODE)


async def test_a_child_that_hangs_is_replaced() -> None:
    reader = PhotoReader(SCANNED.code_in)
    assert await reader.read(qr_png(_address())) == Seen(code=CODE)
    first = reader._child
    assert first is not None
    os.kill(first.pid, 19)  # SIGSTOP: it neither answers nor ends
    impatient = PhotoReader(SCANNED.code_in, seconds=0.3)
    impatient._child = first
    assert await impatient.read(qr_png("x")) == Unseen(trouble=PhotoTrouble.GAVE_UP)
    assert first.returncode is not None
    await impatient.close()
    await reader.close()


async def test_a_child_that_ends_is_replaced(reader: PhotoReader) -> None:
    await reader.read(qr_png(_address()))
    assert reader._child is not None
    reader._child.kill()
    answers = [await reader.read(qr_png(_address())) for _ in range(2)]
    assert answers[-1] == Seen(code=CODE)


async def test_a_picture_that_takes_too_much_memory_is_too_large() -> None:
    reader = PhotoReader(SCANNED.code_in, memory=56 * 1024 * 1024)
    large = io.BytesIO()
    Image.new("RGBA", (2900, 2900)).save(large, "PNG")
    assert await reader.read(large.getvalue()) == Unseen(trouble=PhotoTrouble.TOO_LARGE)
    assert reader._child is None
    await reader.close()


async def test_a_reader_that_cannot_start_gives_up_kindly(
    reader: PhotoReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/there/is/no/python")
    assert await reader.read(qr_png(_address())) == Unseen(trouble=PhotoTrouble.GAVE_UP)


async def test_a_photo_whose_sender_went_away_disturbs_no_other(reader: PhotoReader) -> None:
    chance = random.Random(5)
    photo = photo_of("https://elsewhere.example/", taken(chance, (1080,)), chance)
    going = asyncio.create_task(reader.read(photo))
    await asyncio.sleep(0.005)
    going.cancel()
    assert await reader.read(qr_png(_address())) == Seen(code=CODE)
    with pytest.raises(asyncio.CancelledError):
        await going


async def test_a_crowd_is_asked_to_come_again(reader: PhotoReader) -> None:
    crowd = [reader.read(qr_png(_address())) for _ in range(MOST_WAITING + 4)]
    answers = await asyncio.gather(*crowd)
    assert answers.count(Unseen(trouble=PhotoTrouble.GAVE_UP)) == 3
    assert answers.count(Seen(code=CODE)) == MOST_WAITING + 1


_MEASURE = """
import asyncio, re, resource
from pathlib import Path
from typing import Any
from bot.receipts.photo import PhotoReader
from tests.bot.receipts.test_photo import HOSTILE
from tests.fakes.photos import qr_png

def most_of(child):
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path(f"/proc/{child.pid}/status").read_text())[1])

async def main():
    reader = PhotoReader(lambda text: text)
    await reader.read(qr_png("warm"))
    child = reader._child
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, most_of(child)
    for data, _ in HOSTILE.values():
        await reader.read(data)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, most_of(child)
    assert reader._child is child
    await reader.close()
    print(after[0] - before[0], after[1] - before[1])

asyncio.run(main())
"""


def test_nothing_that_means_harm_makes_memory_grow() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    desk, child = map(int, done.stdout.split())
    assert desk < 20 * 1024  # KiB
    assert child < 60 * 1024


async def test_the_child_holds_no_secret_and_may_write_nothing(
    reader: PhotoReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_KEYS", "x" * 40)
    await reader.read(qr_png(_address()))
    assert reader._child is not None
    of_child = Path(f"/proc/{reader._child.pid}")
    assert (of_child / "environ").read_bytes() == b""
    limits = (of_child / "limits").read_text()
    assert "Max file size             0" in limits
    assert "Max core file size        0" in limits


def test_no_line_that_touches_a_photo_could_keep_or_log_it() -> None:
    bot = Path(__file__).parents[3] / "bot"
    names = ("picture", "scan", "child", "photo", "scanned")
    files = [bot / "receipts" / f"{name}.py" for name in names]
    files.append(bot / "channels" / "webchat" / "photo_post.py")
    keeping = re.compile(
        r"tempfile|\bopen\(|write_bytes|write_text|\.save\(|\.dump\(|\bprint\(|request\.post\("
    )
    for file in files:
        code = file.read_text("utf-8").replace("Image.open(io.BytesIO(data)", "")
        assert not keeping.search(code), file
        for logged in re.findall(r"_log\.\w+\((.*?)\n            \)", code, re.DOTALL):
            assert not re.search(r"\b(data|answer|texts?|codes?|photo)\b *[,.)}]", logged), file


def test_a_code_is_heard_as_typed_text_and_trouble_as_trouble() -> None:
    lan = Address(channel=ChannelName.WEBCHAT, chat="lan")
    seen = heard(Seen(code=CODE), lan, NOW, label="Ảnh")
    assert (seen.text, seen.photo) == (CODE, None)
    unseen = heard(Unseen(trouble=PhotoTrouble.NO_CODE), lan, NOW, label="Ảnh")
    assert (unseen.text, unseen.photo) == ("Ảnh", PhotoTrouble.NO_CODE)
