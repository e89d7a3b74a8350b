"""Finding QR codes in a picture: pure, but run where a hostile picture can do no harm."""

import io
from collections.abc import Iterator

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from bot.receipts.picture import Kind, Picture, picture_in

QUICK_SIDE = 1000
"""Pixels that the longer side has at least at the first try, if the photo has them: a JPEG is
decoded to a half, a quarter or an eighth for less than the whole costs. Up to twice as many."""

FINE_SIDE = 1600
"""The same when the first try saw nothing: the code may be small in a large photo."""

LONGEST_TEXT = 300
"""Characters of a QR code's text; longer ones are not ours and are given as empty texts."""

_QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_SMOOTH = Image.Resampling.BICUBIC

Image.MAX_IMAGE_PIXELS = None  # our own limit is lower, and a warning would be nobody's to read


def codes_in(data: bytes) -> list[str]:
    """The texts of the QR codes in a picture, from the first try that sees any; often none.

    Raises OSError or ValueError for what is no whole JPEG, PNG or WebP of the permitted size,
    and whatever else the decoder raises for hostile data.
    """
    picture = picture_in(data)
    if picture is None or picture.is_too_large:
        raise ValueError("This is no picture of a kind and size that is read.")
    for tried in _tries(data, picture):
        found = zxingcpp.read_barcodes(tried, formats=_QR_CODES, text_mode=zxingcpp.TextMode.Plain)
        if found:
            return [code.text if len(code.text) <= LONGEST_TEXT else "" for code in found]
    return []


def _tries(data: bytes, picture: Picture) -> Iterator[Image.Image]:
    """The picture in ways that bring out the code, the cheapest and likeliest first."""
    whole = None if picture.kind is Kind.JPEG else _decoded(data, picture, FINE_SIDE)
    first = whole or _decoded(data, picture, QUICK_SIDE)
    yield first
    yield _sharpened(ImageOps.autocontrast(first, cutoff=2))
    fine = whole or _decoded(data, picture, FINE_SIDE)
    stretched = ImageOps.autocontrast(fine, cutoff=2)
    if fine.size != first.size:
        yield _sharpened(stretched)
    small = _within(stretched, FINE_SIDE)
    yield small.resize((small.width * 3 // 2, small.height * 3 // 2), _SMOOTH)
    yield small.rotate(22, _SMOOTH, expand=True, fillcolor=255)


def _sharpened(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.UnsharpMask(radius=3, percent=250, threshold=0))


def _decoded(data: bytes, picture: Picture, side: int) -> Image.Image:
    """The picture in shades of grey, upright, its longer side `side` to twice that, or less."""
    with Image.open(io.BytesIO(data), formats=(picture.kind,)) as opened:
        if opened.size != (picture.width, picture.height):
            raise ValueError("The picture has another size than its header says.")
        turn = _TURNS.get(opened.getexif().get(_ORIENTATION, 1))
        if picture.kind is Kind.JPEG:
            opened.draft("L", _fitted(opened.size, side))
        grey = _within(_grey(opened), side * 2)
    return grey.transpose(turn) if turn is not None else grey


def _grey(picture: Image.Image) -> Image.Image:
    """Without colour, and on white where it is transparent: what is not there may be black."""
    if not picture.has_transparency_data:
        return picture.convert("L")
    clear = picture if picture.mode == "RGBA" else picture.convert("RGBA")
    white = Image.new("L", clear.size, "white")
    return Image.composite(clear.convert("L"), white, clear.getchannel("A"))


def _within(picture: Image.Image, side: int) -> Image.Image:
    if max(picture.size) <= side:
        return picture
    return picture.resize(_fitted(picture.size, side), Image.Resampling.BOX)


def _fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size of the same shape whose longer side is `side`."""
    width, height = (max(1, round(length * side / max(size))) for length in size)
    return width, height


_ORIENTATION = 0x0112  # the EXIF tag
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
