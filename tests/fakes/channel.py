"""A channel in memory: what came over it is said by the test, what went over it can be read."""

import asyncio
import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass, field

from bot.channels.base import (
    Arrived,
    Gone,
    Heard,
    Letter,
    Meaning,
    Moved,
    Occasion,
    Outcome,
    Payload,
    Picture,
    Pressed,
    Rates,
    Sent,
)
from bot.channels.plain import render_plain
from bot.messages import ChannelName, Reply


def typed(number: int, text: str, chat: str = "lan", **more: object) -> Arrived:
    """An update that says something."""
    body = json.dumps({"text": text} | more)
    return Arrived(key=str(number), chat=chat, body=body, place=number)


@dataclass(kw_only=True)
class FakeChannel:
    """Renders plain text. `script` are the outcomes of the next messages; later ones are sent.

    A reply that holds the text `spoilt` becomes what no database keeps.
    """

    name: ChannelName = ChannelName.TELEGRAM
    rates: Rates = field(default_factory=lambda: Rates(a_second=1_000))
    script: list[Outcome] = field(default_factory=list)
    sent: list[tuple[str, Payload, bool]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    tokens: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    delay: dt.timedelta = dt.timedelta()
    spoilt: str = ""

    def understand(self, body: str) -> Meaning | None:
        said = json.loads(body)
        if said.get("raises"):
            raise ValueError("cannot be read")
        if said.get("left"):
            return Gone()
        if said.get("moved"):
            return Moved(to=said["moved"])
        if said.get("nothing"):
            return None
        pressed = said.get("pressed")
        return Heard(
            text=said["text"],
            pressed=Pressed(token=pressed[0], number=pressed[1]) if pressed else None,
            phone=said.get("phone", ""),
            in_group=said.get("in_group", False),
            start=said.get("start", ""),
            picture=Picture(reference=said["picture"]) if said.get("picture") else None,
        )

    def render(self, reply: Reply, occasion: Occasion) -> Letter:
        buttons = [choice.action for choice in reply.choices]
        if buttons:
            self.tokens[occasion.token] = [choice.label for choice in reply.choices]
        text = render_plain(reply, with_exits=False)
        if self.spoilt and self.spoilt in text:
            text = "\ud800"
        payload = {"text": text, "token": occasion.token, "own_data": occasion.own_data}
        return Letter(payloads=[payload], buttons=buttons)

    async def send(self, chat: str, payload: Payload, *, is_repeat: bool) -> Outcome:
        if self.delay:
            await asyncio.sleep(self.delay.total_seconds())
        outcome = self.script.pop(0) if self.script else Sent(message=str(len(self.sent)))
        self.sent.append((chat, payload, is_repeat))
        return outcome

    async def hint(self, chat: str, heard: Heard, *, is_answered: bool = False) -> None:
        self.hints.append(chat)

    async def fetch(self, picture: Picture) -> bytes | None:
        return picture.reference.encode()

    def texts(self, chat: str = "lan") -> list[str]:
        """What was sent to a chat, in order."""
        return [payload["text"] for to, payload, _ in self.sent if to == chat]
