"""The played Zalo as the page shows it: one person's chat with the account, and a group."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from bot.simulation.stage import Bubble, Button, Card, Chat, Deed, File, Impossible, Who
from bot.simulation.zalo import FakeZalo
from bot.simulation.zalo_people import Message

PERSON, GROUP = "person", "group"

_GROUP_ID = "f414c8f76fa586fbdfb4"
_MENTION = "@OA"
"""What is typed here for the mention that Zalo's keyboard would put in."""


class ZaloStage:
    """Lan and her neighbours' group."""

    name = "zalo"

    def __init__(self, fake: FakeZalo) -> None:
        self._fake = fake
        self._lan = fake.person()
        self._own: dict[str, list[Bubble]] = {PERSON: [], GROUP: []}
        fake.world.groups[_GROUP_ID] = []

    @property
    def account(self) -> str:
        return f"OA {self._fake.oa_id}"

    def chats(self) -> Sequence[Chat]:
        inbox, group = self._lan.inbox, self._fake.world.groups[_GROUP_ID]
        return (
            Chat(id=PERSON, title="Một cửa", bubbles=self._bubbles(PERSON, inbox)),
            Chat(
                id=GROUP,
                title="Tổ dân phố 3",
                bubbles=self._bubbles(GROUP, group),
                hint=_MENTION,
            ),
        )

    def deeds(self) -> Sequence[Deed]:
        asked = any(message.asks_for_info for message in self._lan.inbox)
        submit = (Deed.SUBMIT,) if asked else ()
        follow = Deed.UNFOLLOW if self._lan.follows else Deed.FOLLOW
        return (*submit, Deed.PHOTO, Deed.RECEIPT, follow)

    def menu(self) -> Mapping[str, str]:
        return {}

    async def say(self, chat: str, text: str) -> None:
        self._keep(chat, who=Who.PERSON, text=text)
        if chat == PERSON:
            await self._lan.say(text)
        else:
            await self._say_in_group(text)

    async def press(self, chat: str, bubble: str, press: str) -> None:
        buttons = [one for message in self._lan.inbox if message.id == bubble
                   for one in message.buttons if one.get("payload") == press]  # fmt: skip
        if chat != PERSON or not buttons:
            raise Impossible
        if buttons[0]["type"] == "oa.query.show":
            self._keep(PERSON, who=Who.PERSON, text=press)
        await self._lan.say(press)

    async def do(self, deed: Deed, phone: str) -> None:
        match deed:
            case Deed.SUBMIT if deed in self.deeds():
                self._keep(PERSON, who=Who.NOTE, text="submitted")
                await self._lan.submit_info(phone)
            case Deed.FOLLOW:
                self._keep(PERSON, who=Who.NOTE, text="followed")
                await self._lan.follow()
            case Deed.UNFOLLOW:
                self._keep(PERSON, who=Who.NOTE, text="unfollowed")
                await self._lan.unfollow()
            case _:
                raise Impossible

    async def send_photo(self, content: bytes) -> None:
        at, media = self._fake.clock(), self._fake.world.media
        before = set(media)
        await self._lan.picture(content)
        hosted = next(iter(set(media) - before), "")
        shown = File(id=hosted, name="photo.jpg", size=len(content), is_picture=True)
        self._keep(PERSON, at=at, who=Who.PERSON, file=shown)

    def file(self, name: str) -> bytes | None:
        upload = self._fake.world.uploads.get(name)
        return upload.content if upload else self._fake.world.media.get(name)

    async def _say_in_group(self, text: str) -> None:
        mention = f"[@{self._fake.oa_id}]"
        await self._fake.tell(
            {
                "event_name": "user_send_group_text",
                "oa_id": self._fake.oa_id,
                "sender": {"id": self._lan.id},
                "recipient": {"id": _GROUP_ID},
                "message": {
                    "text": text.replace(_MENTION, mention),
                    "msg_id": self._fake.world.new_id(),
                },
            }
        )

    def _keep(self, chat: str, at: dt.datetime | None = None, **content: Any) -> None:
        own = self._own[chat]
        own.append(Bubble(id=f"{chat}{len(own)}", at=at or self._fake.clock(), **content))

    def _bubbles(self, chat: str, received: Sequence[Message]) -> list[Bubble]:
        def at(bubble: Bubble) -> dt.datetime:
            return bubble.at

        return sorted([*self._own[chat], *map(self._received, received)], key=at)

    def _received(self, message: Message) -> Bubble:
        buttons = [Button(label=str(one["title"]), **_effect(one)) for one in message.buttons]
        upload = self._fake.world.uploads.get(message.file_token)
        file = None
        if upload:
            file = File(id=message.file_token, name=upload.name, size=len(upload.content))
        return Bubble(
            id=message.id,
            who=Who.BOT,
            at=message.at,
            text=message.text,
            rows=[[button] for button in buttons],
            file=file,
            card=_card(message) if message.asks_for_info else None,
        )


def _effect(button: Mapping[str, Any]) -> dict[str, str]:
    """What pressing does: an address, a phone call, or something said."""
    payload = button["payload"]
    match button["type"]:
        case "oa.open.url":
            return {"url": str(payload["url"])}
        case "oa.open.phone":
            return {"url": f"tel:{payload['phone_code']}"}
        case _:
            return {"press": str(payload)}


def _card(message: Message) -> Card:
    (element,) = message.content["attachment"]["payload"]["elements"]
    return Card(title=str(element["title"]), subtitle=str(element["subtitle"]))
