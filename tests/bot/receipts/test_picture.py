"""Kind and size from the header alone: true for real pictures, none for everything else."""

import io
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.receipts.picture import Kind, Picture, picture_in
from tests.fakes.hostile import png_header


def _saved(kind: str, size: tuple[int, int], **options: Any) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", size, 7).save(drawn, kind, **options)
    return drawn.getvalue()


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (640, 480), (1, 2000)])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (Kind.JPEG, {}),
        (Kind.PNG, {}),
        (Kind.WEBP, {"lossless": True}),
        (Kind.WEBP, {"lossless": False}),
        (Kind.WEBP, {"exif": b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00"}),
    ],
)
def test_the_header_tells_what_decoding_would(
    kind: Kind, options: dict[str, Any], size: tuple[int, int]
) -> None:
    seen = picture_in(_saved(kind.value, size, **options))
    assert seen == Picture(kind=kind, width=size[0], height=size[1])


def test_a_progressive_jpeg_may_be_less_large() -> None:
    usual = picture_in(_saved("JPEG", (6000, 5000)))
    progressive = picture_in(_saved("JPEG", (6000, 5000), progressive=True))
    assert usual is not None
    assert progressive is not None
    assert not usual.is_too_large
    assert progressive.is_too_large


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP", "PPM", "ICO", "EPS", "PDF"])
def test_other_formats_are_no_picture(kind: str) -> None:
    assert picture_in(_saved(kind, (32, 32))) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff",
        b"\xff\xd8" + b"\xff" * 10_000_000,
        b"\xff\xd8\xff\xe0\x00\x00" * 1000,
        png_header(0, 10),
        png_header(10, 0),
        b"RIFF\x00\x00\x00\x00WEBPVP8X",
        b"RIFF\x00\x00\x00\x00WEBPnone" + bytes(30),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"SIMPLE  =                    T" + b" " * 2850,
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
    ],
)
def test_broken_and_foreign_headers_are_no_picture(data: bytes) -> None:
    assert picture_in(data) is None


def test_a_bomb_is_known_by_its_header() -> None:
    seen = picture_in(png_header(30_000, 30_000))
    assert seen is not None
    assert seen.is_too_large


@given(
    st.binary(max_size=200), st.sampled_from([b"\xff\xd8\xff", png_header(1, 1), b"RIFF1234WEBP"])
)
def test_no_bytes_make_it_fail(data: bytes, start: bytes) -> None:
    picture_in(data)
    picture_in(start + data)


def test_damage_anywhere_in_a_header_makes_nothing_fail() -> None:
    chance = random.Random(31)
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = _saved(kind, (40, 30))
        for _ in range(300):
            broken = bytearray(whole)
            broken[chance.randrange(min(len(whole), 200))] = chance.randrange(256)
            picture_in(bytes(broken[: chance.randrange(len(whole))]))
