"""Files that mean harm, small on disk: pictures that would be large, and what is no picture."""

import struct
import zlib


def png_header(width: int, height: int) -> bytes:
    """The first chunk of a PNG of this size, eight bits of grey."""
    return b"\x89PNG\r\n\x1a\n" + _chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    )


def png_bomb(side: int) -> bytes:
    """A whole and valid square PNG, all black; `side` in hundreds. A thousandth on disk."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    rows = packer.compress(bytes(100 * (side + 1))) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = struct.pack(">HH", side * (side + 1) % 65521, 1)  # Adler-32 of so many noughts
    packed = b"\x78\xda" + rows * (side // 100) + b"\x03\x00" + checksum
    return png_header(side, side) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def webp_header(width: int, height: int) -> bytes:
    """An extended WebP that promises a canvas of this size and holds nothing."""
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
