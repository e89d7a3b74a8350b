"""People on the played Zalo: what they do becomes events, what they get is kept."""

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulation.zalo_webhook import Delivery

Event = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message that reached a person."""

    id: str
    at: dt.datetime
    content: dict[str, Any]

    @property
    def text(self) -> str:
        """What it says; empty for a file or a form."""
        return str(self.content.get("text", ""))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Its buttons, none for most messages."""
        payload = self._payload
        shown = payload.get("buttons")
        return shown if isinstance(shown, list) else []

    @property
    def asks_for_info(self) -> bool:
        """Whether it is the form that shares a phone."""
        return self._payload.get("template_type") == "request_user_info"

    @property
    def file_token(self) -> str:
        """The token of a file; empty for anything else."""
        return str(self._payload.get("token", ""))

    @property
    def _payload(self) -> dict[str, Any]:
        attachment = self.content.get("attachment") or {}
        payload = attachment.get("payload") or {}
        return payload if isinstance(payload, dict) else {}


@dataclass(kw_only=True)
class Person:
    """Somebody with Zalo. Whatever they do is told to the webhook; the answer to that is given.

    `refuses`: the code that every message to them gets, 0 for none.
    """

    id: str
    oa_id: str
    clock: Callable[[], dt.datetime]
    tell: Callable[[Event], Awaitable[Delivery | None]]
    new_id: Callable[[], str]
    host: Callable[[bytes, str], str]
    follows: bool = False
    refuses: int = 0
    last_interaction: dt.datetime | None = None
    inbox: list[Message] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """What they were told, in order."""
        return [message.text for message in self.inbox if message.text]

    async def follow(self) -> Delivery | None:
        """Follow the account."""
        self.follows = True
        self.last_interaction = self.clock()
        follower = {"oa_id": self.oa_id, "follower": {"id": self.id}, "source": "oa_profile"}
        return await self.tell({"event_name": "follow", **follower})

    async def unfollow(self) -> Delivery | None:
        """Leave: nothing reaches them any more."""
        self.follows = False
        self.last_interaction = None
        follower = {"oa_id": self.oa_id, "follower": {"id": self.id}, "source": "oa_profile"}
        return await self.tell({"event_name": "unfollow", **follower})

    async def say(self, text: str) -> Delivery | None:
        """Type something."""
        return await self._send("text", text=text)

    async def press(self, title: str) -> Delivery | None:
        """Press the newest button with this title; an address or a phone tells nobody."""
        for message in reversed(self.inbox):
            for button in message.buttons:
                if button["title"] == title:
                    if not str(button["type"]).startswith("oa.query."):
                        return None
                    return await self.say(str(button["payload"]))
        raise LookupError(f"No button says {title!r}.")

    async def submit_info(self, phone: str, name: str = "Nguyễn Thị Lan") -> Delivery | None:
        """Share a phone by the form, in today's shape."""
        address = {"user_city": "Quảng Ngãi", "user_ward": "Kon Tum", "user_address": "1 A"}
        info = {"name": name, "phone": phone, "user_dob": "", "gender": "", "full_address": address}
        return await self._submit(info)

    async def submit_info_as_before(self, phone: str, name: str = "Lan") -> Delivery | None:
        """Share a phone in the older shape."""
        info = {"address": "1 A", "phone": phone, "city": "Kon Tum", "district": "", "ward": ""}
        return await self._submit({**info, "name": name})

    async def picture(self, content: bytes, name: str = "photo.jpg") -> Delivery | None:
        """Send a picture, which can be fetched from the played Zalo."""
        url = self.host(content, name)
        return await self._attach("image", url=url, thumbnail=url)

    async def sticker(self) -> Delivery | None:
        """Send a sticker."""
        return await self._attach("sticker", id="1", url="https://stc.zdn.vn/1.png")

    async def location(self) -> Delivery | None:
        """Send where they are."""
        return await self._attach("location", coordinates={"latitude": "14.35", "longitude": "108"})

    async def file(self) -> Delivery | None:
        """Send a document."""
        described = {"name": "a.pdf", "size": "10", "checksum": "0", "type": "pdf"}
        return await self._attach("file", url="https://f1.zdn.vn/a.pdf", **described)

    async def see(self) -> Delivery | None:
        """Let the account know that its last message was read."""
        event = {"event_name": "user_seen_message", **self._both()}
        return await self.tell({**event, "message": {"msg_ids": [m.id for m in self.inbox[-1:]]}})

    async def _attach(self, kind: str, **payload: Any) -> Delivery | None:
        return await self._send(kind, attachments=[{"type": kind, "payload": payload}])

    async def _send(self, kind: str, **message: Any) -> Delivery | None:
        self.last_interaction = self.clock()
        event = {"event_name": f"user_send_{kind}", **self._both()}
        return await self.tell({**event, "message": {**message, "msg_id": self.new_id()}})

    async def _submit(self, info: Event) -> Delivery | None:
        self.last_interaction = self.clock()
        return await self.tell({"event_name": "user_submit_info", **self._both(), "info": info})

    def _both(self) -> Event:
        return {"sender": {"id": self.id}, "recipient": {"id": self.oa_id}}
