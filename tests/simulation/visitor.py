"""Somebody at the page of `motcua simulate`, by the same requests as the page's script makes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.end_to_end.process import Served, serving

SECONDS = 20.0


@dataclass
class Visitor:
    """An open page. `state` is the last one that was told, `wire` every exchange so far."""

    session: aiohttp.ClientSession
    served: Served
    state: dict[str, Any] = field(default_factory=dict)
    wire: list[dict[str, Any]] = field(default_factory=list)
    _known: set[tuple[str, str, str]] = field(default_factory=set)

    async def act(self, do: str, **more: str) -> int:
        """Do something; the answer's status."""
        body = {"do": do, **more}
        async with self.session.post(f"{self.served.url}/act", json=body) as answer:
            return answer.status

    async def look(self) -> dict[str, Any]:
        """What there is to see, once there is something new."""
        known = self.wire[-1]["number"] if self.wire else 0
        query = {"seen": self.state.get("seen", 0), "wire": known}
        async with self.session.get(f"{self.served.url}/state", params=query) as answer:
            self.state = await answer.json()
        self.wire += self.state["wire"]
        return self.state

    async def hear(self, expected: str, do: str, **more: str) -> dict[str, Any]:
        """Do something and wait for a reply, new or changed, that says this; its bubble."""
        assert await self.act(do, **more) == 200
        async with asyncio.timeout(SECONDS):
            while True:
                await self.look()
                for one in self.state["chats"]:
                    for bubble in one["bubbles"]:
                        key = (one["id"], bubble["id"], bubble["text"])
                        is_new = bubble["who"] == "bot" and key not in self._known
                        if is_new and expected.casefold() in _words(bubble).casefold():
                            self._remember()
                            found: dict[str, Any] = bubble
                            return found

    async def file(self, bubble: dict[str, Any]) -> bytes:
        """What lies behind a file of the chat."""
        query = {"id": bubble["file"]["id"]}
        async with self.session.get(f"{self.served.url}/file", params=query) as answer:
            assert answer.status == 200
            return await answer.read()

    def went(self, name: str) -> list[dict[str, Any]]:
        """The exchanges whose name ends so."""
        return [one for one in self.wire if one["name"].endswith(name)]

    def _remember(self) -> None:
        for one in self.state["chats"]:
            self._known |= {(one["id"], each["id"], each["text"]) for each in one["bubbles"]}


def _words(bubble: dict[str, Any]) -> str:
    parts = [
        bubble["text"],
        (bubble["file"] or {}).get("name"),
        (bubble["card"] or {}).get("title"),
    ]
    return "\n".join(part for part in parts if part)


@asynccontextmanager
async def visiting(data: Path, *arguments: str, **settings: str) -> AsyncIterator[Visitor]:
    """Start `motcua simulate`, open the page, stop at the end."""
    command = ("simulate", *arguments, "--port", "0")
    async with (
        serving(data, settings, command=command) as served,
        aiohttp.ClientSession() as session,
    ):
        yield Visitor(session=session, served=served)
