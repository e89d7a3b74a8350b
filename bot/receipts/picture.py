"""What a file is and how large a picture it holds, from its first bytes: nothing is decoded."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The formats that are read; the names are Pillow's."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"


LARGEST_BYTES = 10 * 1024 * 1024
"""Bytes of one photo: what phones of today take at their full size."""

MOST_PIXELS = {Kind.JPEG: 64_000_000, Kind.PNG: 9_000_000, Kind.WEBP: 6_000_000}
"""What fits into the memory of the child that decodes: a JPEG is scaled down while it is decoded,
a PNG is decoded whole, a WebP three times over."""

MOST_PIXELS_PROGRESSIVE = 24_000_000
"""A progressive JPEG is held whole before it can be scaled."""

_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}

_MOST_SEGMENTS = 500  # before the frame; ten megabytes of filling bytes are no photo
_NO_FRAME = {0xC4, 0xC8, 0xCC}  # between SOF0 and SOF15, but tables
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length behind them


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What a header says; whether it is true, only decoding tells."""

    kind: Kind
    width: int
    height: int
    is_progressive: bool = False

    @property
    def is_too_large(self) -> bool:
        """Whether decoding it would take more than a photo is worth."""
        most = MOST_PIXELS_PROGRESSIVE if self.is_progressive else MOST_PIXELS[self.kind]
        return self.width * self.height > most


def picture_in(data: bytes) -> Picture | None:
    """The picture that the bytes begin with; None for any other format and for broken headers."""
    if data.startswith(b"\xff\xd8\xff"):
        found = _jpeg(data)
    elif data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        found = Picture(kind=Kind.PNG, width=_big(data[16:20]), height=_big(data[20:24]))
    elif data.startswith(b"RIFF") and data[8:12] == b"WEBP" and len(data) >= 30:
        found = _webp(data)
    else:
        found = None
    return found if found and found.width and found.height else None


def _jpeg(data: bytes) -> Picture | None:
    """From the first frame header; the segments before it are skipped by their lengths."""
    place = 2
    for _ in range(_MOST_SEGMENTS):
        if place + 9 > len(data) or data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker == 0xFF:  # a filling byte
            place += 1
        elif marker in _ALONE:
            place += 2
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            return Picture(
                kind=Kind.JPEG,
                width=_big(data[place + 7 : place + 9]),
                height=_big(data[place + 5 : place + 7]),
                is_progressive=marker in _PROGRESSIVE,
            )
        else:
            place += 2 + max(_big(data[place + 2 : place + 4]), 2)
    return None


def _webp(data: bytes) -> Picture | None:
    """From the first chunk: extended, lossless or lossy."""
    match data[12:16]:
        case b"VP8X":
            width, height = _little(data[24:27]) + 1, _little(data[27:30]) + 1
        case b"VP8L":
            bits = _little(data[21:25])
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            width, height = _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
        case _:
            return None
    return Picture(kind=Kind.WEBP, width=width, height=height)


def _big(data: bytes) -> int:
    return int.from_bytes(data)


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
