"""Photos of a receipt as people take them, made from a seed: turned, tilted, dim, blurred."""

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import segno
from PIL import Image, ImageDraw, ImageFilter

Shades = npt.NDArray[Any]

WIDTHS = (1080, 1440, 1920, 3000)
"""Pixels across: what messengers leave of a photo, and what phones take."""

QR_SHARE = 46 / 128
"""The width of the QR code beside that of the slip's column: both in millimetres, of slip.css."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """How a photo was taken. `tilt` is how far corners move, as a share of the sheet's width."""

    width: int
    height: int
    sheet_share: float
    degrees: float
    tilt: float
    blur: float
    shadow: float
    noise: float
    quality: int


def taken(chance: random.Random, widths: Sequence[int] = WIDTHS) -> Taken:
    """One way of taking a photo: what a hurried hand under an office lamp does."""
    width = chance.choice(widths)
    height = width * 4 // 3
    return Taken(
        width=width,
        height=height,
        sheet_share=chance.uniform(0.42, 0.7),
        degrees=chance.uniform(-30, 30),
        tilt=chance.uniform(0, 0.12),
        blur=chance.uniform(0, 1.8) * width / 1440,
        shadow=chance.uniform(0, 0.65),
        noise=chance.uniform(2, 20),
        quality=40,
    )


def photo_of(text: str, how: Taken, chance: random.Random) -> bytes:
    """A JPEG photo of a slip whose QR code holds the text."""
    sheet = _sheet(text, round(how.width * how.sheet_share), chance)
    table = Image.new("L", (how.width, how.height), chance.randrange(60, 150))
    table.paste(sheet, (0, 0))
    corners = _corners(sheet, how, chance)
    placed = table.transform(
        table.size,
        Image.Transform.PERSPECTIVE,
        _coefficients(corners, sheet.size),
        Image.Resampling.BILINEAR,
        fillcolor=100,
    )
    blurred = placed.filter(ImageFilter.GaussianBlur(how.blur))
    shot = _noisy(_shadowed(np.asarray(blurred, dtype=np.float32), how, chance), how, chance)
    drawn = io.BytesIO()
    Image.fromarray(shot).convert("RGB").save(drawn, "JPEG", quality=how.quality)
    return drawn.getvalue()


def qr_png(text: str, scale: int = 8) -> bytes:
    """The QR code alone, clean, as PNG."""
    drawn = io.BytesIO()
    segno.make_qr(text, error="m").save(drawn, kind="png", scale=scale)
    return drawn.getvalue()


def _sheet(text: str, width: int, chance: random.Random) -> Image.Image:
    """An A5 sheet with lines like print and the QR code in its lower left part."""
    sheet = Image.new("L", (width, round(width * 210 / 148)), chance.randrange(225, 250))
    pen = ImageDraw.Draw(sheet)
    line = width // 28
    for row in range(2, 22):
        left = line * 2.0
        while left < width * (0.5 + 0.45 * chance.random()):
            right = left + line * chance.uniform(0.4, 2.5)
            pen.rectangle((left, row * line * 1.2, right, row * line * 1.2 + line * 0.4), fill=60)
            left = right + line * 0.4
    code = Image.open(io.BytesIO(qr_png(text))).convert("L")
    side = round(width * 128 / 148 * QR_SHARE)
    place = (line * 2, sheet.height - side - line * 4)
    sheet.paste(code.resize((side, side), Image.Resampling.LANCZOS), place)
    return sheet


def _corners(sheet: Image.Image, how: Taken, chance: random.Random) -> list[tuple[float, float]]:
    """Where the corners of the sheet come to lie in the photo."""
    turn = np.exp(1j * np.radians(how.degrees))
    middle = complex(how.width / 2, how.height / 2)
    wide, high = sheet.width / 2, sheet.height / 2
    corners = []
    for corner in (
        complex(-wide, -high),
        complex(wide, -high),
        complex(wide, high),
        complex(-wide, high),
    ):
        moved = complex(chance.uniform(-1, 1), chance.uniform(-1, 1)) * how.tilt * sheet.width
        place = middle + corner * turn + moved
        corners.append((place.real, place.imag))
    return corners


def _coefficients(corners: list[tuple[float, float]], size: tuple[int, int]) -> tuple[float, ...]:
    """Pillow's eight numbers that fetch every point of the photo from the sheet."""
    wide, high = size
    rows, ends = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (wide, 0), (wide, high), (0, high)), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        ends += [u, v]
    return tuple(np.linalg.solve(np.array(rows, float), np.array(ends, float)))


def _shadowed(shot: Shades, how: Taken, chance: random.Random) -> Shades:
    """The shadow of a hand: an edge across the photo, dark on one side, and dimmer light."""
    rows, columns = np.ogrid[0 : shot.shape[0], 0 : shot.shape[1]]
    angle, softness = chance.uniform(0, 6.28), how.width * chance.uniform(0.02, 0.3)
    aside = (columns - how.width / 2) * np.cos(angle)
    below = (rows - how.height / 2) * np.sin(angle)
    across = (aside + below + chance.uniform(-0.2, 0.2) * how.width).astype(np.float32)
    dark = 1 / (1 + np.exp(-across / softness))
    light = chance.uniform(0.6, 1.0)
    return np.asarray(shot * (1 - how.shadow * dark) * light)


def _noisy(shot: Shades, how: Taken, chance: random.Random) -> Shades:
    random_bits = np.random.default_rng(chance.randrange(2**32))
    grain = random_bits.standard_normal(shot.shape, dtype=np.float32) * how.noise
    return np.asarray(np.clip(shot + grain, 0, 255), dtype=np.uint8)
