"""The child process that decodes photos: it may not write, not grow, and knows no secret.

Over its pipes: four bytes of length and a photo in, one line of JSON out. It ends when its input
does, and after a photo that took more memory than it may have.
"""

import json
import os
import resource
import sys
from typing import BinaryIO

from bot.receipts.scan import codes_in

NICENESS = 5
"""A conversation goes before a photo."""


def main() -> None:
    """Read photos until there are no more. Takes the bytes of address space as its argument."""
    _hold_back(int(sys.argv[1]))
    photos, answers = sys.stdin.buffer, sys.stdout.buffer
    goes_on = True
    while goes_on and (data := _next(photos)) is not None:
        answer = _answered(data)
        goes_on = bool(answer["goes_on"])
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _hold_back(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)


def _next(photos: BinaryIO) -> bytes | None:
    head = photos.read(4)
    if len(head) < 4:
        return None
    return photos.read(int.from_bytes(head))


def _answered(data: bytes) -> dict[str, object]:
    """The texts that were seen, or what was wrong."""
    try:
        return {"texts": codes_in(data), "goes_on": True}
    except MemoryError:
        return {"trouble": "too_large", "goes_on": False}
    except Exception:  # noqa: BLE001 - decoders raise anything, and nothing of it may be told
        return {"trouble": "not_a_picture", "goes_on": True}


if __name__ == "__main__":
    main()
