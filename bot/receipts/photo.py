"""Reading the dossier code from a photo of a receipt, safe from what a photo can hide.

A child process decodes. A thread could neither be stopped nor kept from taking memory, and a
decoder that crashes would take the desk along. The child lasts: a new one for every photo would
cost 0.1 s each, seven times what reading does. A photo lives in memory alone, and no longer than
it takes to read it.
"""

import asyncio
import datetime as dt
import json
import sys
from asyncio import IncompleteReadError, LimitOverrunError
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from bot.messages import Address, Incoming, PhotoTrouble
from bot.receipts.picture import LARGEST_BYTES, picture_in

SECONDS = 3.0
"""Time for one photo. A usual one takes 0.01 s to 0.04 s, the worst that is let in 1.2 s."""

MEMORY = 160 * 1024 * 1024
"""Bytes of address space of the child; it has 46 MiB after a first usual photo."""

MOST_WAITING = 8
"""Photos that may wait for their turn; more are asked to come again later."""

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A dossier code, to be spoken into the conversation as if it had been typed."""

    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unseen:
    """No dossier code, and why."""

    trouble: PhotoTrouble


class PhotoReader:
    """Reads one photo after the other. `understand` says which dossier code a QR code means."""

    def __init__(
        self,
        understand: Callable[[str], str | None],
        *,
        seconds: float = SECONDS,
        memory: int = MEMORY,
    ) -> None:
        self._understand = understand
        self._seconds = seconds
        self._memory = memory
        self._child: Process | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def read(self, data: bytes) -> Seen | Unseen:
        """The dossier code in a photo, or why there is none. Never raises for any bytes."""
        if len(data) > LARGEST_BYTES:
            return Unseen(trouble=PhotoTrouble.TOO_LARGE)
        picture = picture_in(data)
        if picture is None:
            return Unseen(trouble=PhotoTrouble.NOT_A_PICTURE)
        if picture.is_too_large:
            return Unseen(trouble=PhotoTrouble.TOO_LARGE)
        if self._waiting > MOST_WAITING:
            return Unseen(trouble=PhotoTrouble.GAVE_UP)
        self._waiting += 1
        try:
            async with self._turn:
                return await self._decoded(data)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End the child; the next photo would start another."""
        child, self._child = self._child, None
        if child is None:
            return
        with suppress(ProcessLookupError):
            child.kill()
        if child.stdin:
            child.stdin.close()
        await child.wait()

    async def _decoded(self, data: bytes) -> Seen | Unseen:
        try:
            async with asyncio.timeout(self._seconds):
                answer = json.loads(await self._asked(data))
        except (OSError, ValueError, IncompleteReadError, LimitOverrunError) as error:
            _log.warning(
                "A photo was given up; its reader is replaced.",
                action="photo_given_up",
                reason=type(error).__name__,
            )
            await self.close()
            return Unseen(trouble=PhotoTrouble.GAVE_UP)
        except BaseException:  # cancelled: what the child still has to say belongs to nobody
            await self.close()
            raise
        if "trouble" in answer:
            if not answer["goes_on"]:
                await self.close()
            return Unseen(trouble=PhotoTrouble(answer["trouble"]))
        return self._judged(answer["texts"])

    async def _asked(self, data: bytes) -> bytes:
        child = await self._living_child()
        if child.stdin is None or child.stdout is None:
            raise BrokenPipeError
        child.stdin.write(len(data).to_bytes(4))
        child.stdin.write(data)
        await child.stdin.drain()
        return await child.stdout.readuntil()

    async def _living_child(self) -> Process:
        if self._child is not None and self._child.returncode is None:
            return self._child
        self._child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "bot.receipts.child", str(self._memory)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={},  # no key and no address of a database is handed down
            cwd="/",
            start_new_session=True,
        )
        return self._child

    def _judged(self, texts: list[str]) -> Seen | Unseen:
        if not texts:
            return Unseen(trouble=PhotoTrouble.NO_CODE)
        codes = [code for text in texts if (code := self._understand(text))]
        if not codes:
            return Unseen(trouble=PhotoTrouble.FOREIGN_CODE)
        return Seen(code=codes[0])


def heard(read: Seen | Unseen, address: Address, at: dt.datetime, *, label: str = "") -> Incoming:
    """What a photo says in a conversation. `label` stands for it where no code was seen."""
    match read:
        case Seen(code=code):
            return Incoming(address=address, at=at, text=code)
        case Unseen(trouble=trouble):
            return Incoming(address=address, at=at, text=label, photo=trouble)
