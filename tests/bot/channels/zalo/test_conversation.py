"""Lan talks to the desk on the played Zalo: signed events in, messages out, nothing in between."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.base import Heard, Meaning, Occasion, Sent
from bot.channels.zalo.channel import ZaloChannel
from bot.demonstration import province
from bot.messages import Action, Address, ChannelName, Incoming
from tests.bot.channels.zalo.conftest import Played
from tests.bot.desk import OpenDesk, open_desk


@dataclass
class Door:
    """The shortest way from the webhook to the desk and back; a real one keeps things between."""

    channel: ZaloChannel
    desk: OpenDesk
    refused: int = 0
    meanings: list[Meaning | None] = field(default_factory=list)
    actions: dict[str, tuple[Action, ...]] = field(default_factory=dict)

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self.channel.is_genuine(body, request.headers.get(self.channel.signature_header)):
            self.refused += 1
            return web.Response(status=403)
        came = self.channel.arrived(body)
        if came is not None:
            meaning = self.channel.understand(came.body)
            self.meanings.append(meaning)
            if isinstance(meaning, Heard):
                await self._answer(came.chat, meaning)
        return web.Response()

    async def _answer(self, chat: str, heard: Heard) -> None:
        pressed, action = heard.pressed, None
        if pressed is not None:
            action = self.actions[pressed.token][pressed.number]
        address = Address(channel=ChannelName.ZALO, chat=chat)
        reply = await self.desk.desk.answer(
            Incoming(
                address=address,
                at=self.desk.now,
                text=heard.text,
                action=action,
                phone=heard.phone,
                in_group=heard.in_group,
            )
        )
        token = f"{len(self.actions):016d}"
        own_data = await self.desk.desk.own_data(address)
        letter = self.channel.render(reply, Occasion(token=token, own_data=own_data))
        self.actions[token] = tuple(letter.buttons)
        for payload in letter.payloads:
            assert isinstance(await self.channel.send(chat, payload, is_repeat=False), Sent)


@pytest.fixture
async def door(played: Played) -> AsyncIterator[Door]:
    account = replace(played.account, buttons=True)
    channel = ZaloChannel(account, played.database, played.session, played.clock)
    async with open_desk(played.database) as desk:
        door = Door(channel, desk)
        app = web.Application()
        app.router.add_post("/zalo", door.receive)
        async with TestServer(app) as server:
            played.fake.webhook.url = str(server.make_url("/zalo"))
            yield door


async def test_who_follows_is_greeted_and_may_choose(played: Played, door: Door) -> None:
    lan = played.fake.person()
    await lan.follow()
    assert "Xin chào" in lan.texts[0]
    assert "1. English" in lan.texts[0]
    assert "Gõ số để chọn, hoặc gõ: Thủ tục" in lan.texts[0]


async def test_a_typed_number_and_a_press_are_the_same(played: Played, door: Door) -> None:
    lan, minh = played.fake.person(), played.fake.person("777")
    for person in (lan, minh):
        await person.say("đăng ký khai sinh cần giấy tờ gì")
    title = lan.inbox[-1].buttons[1]["title"]
    await lan.press(title)
    await minh.say("2")
    assert lan.texts[-1] == minh.texts[-1]
    assert lan.texts[-1] != lan.texts[0]


async def test_words_of_the_last_line_can_be_typed(played: Played, door: Door) -> None:
    lan = played.fake.person()
    await lan.say("Gặp cán bộ")
    assert "Gặp cán bộ" in lan.texts[-1]
    await lan.say("Hồ sơ")
    assert "Tra hồ sơ" in lan.texts[-1]


async def test_a_shared_phone_opens_the_dossier_and_another_one_does_not(
    played: Played, door: Door
) -> None:
    lan, stranger = played.fake.person(), played.fake.person("777")
    owner = province()[0]
    for who, phone in ((lan, owner.owner_phone), (stranger, "0999999999")):
        await who.say(owner.dossier.code)
        assert who.inbox[-1].asks_for_info
        await who.submit_info(f"84{phone.removeprefix('0')}")
    assert "Không có hồ sơ nào khớp" in stranger.texts[-1]
    assert owner.dossier.code in lan.texts[-1]
    assert "Không có" not in lan.texts[-1]


async def test_what_cannot_be_read_is_answered_so(played: Played, door: Door) -> None:
    lan = played.fake.person()
    for act in (lan.sticker, lan.location, lan.file):
        await act()
        assert "chưa đọc được" in lan.texts[-1]
    assert len(lan.inbox) == 3


async def test_own_data_arrives_as_a_file(played: Played, door: Door) -> None:
    lan = played.fake.person()
    await lan.say("đăng ký khai sinh cần giấy tờ gì")
    await lan.say("cho tôi xem dữ liệu của tôi")
    kept = played.fake.world.uploads[lan.inbox[-1].file_token]
    assert kept.name == "du-lieu-cua-toi.csv"
    assert "đăng ký khai sinh cần giấy tờ gì" in kept.content.decode()


async def test_receipts_are_taken_and_never_answered(played: Played, door: Door) -> None:
    lan = played.fake.person()
    await lan.say("chào")
    sent = len(lan.inbox)
    for _ in range(5):
        delivery = await lan.see()
        assert delivery is not None
        assert delivery.is_taken
    assert len(lan.inbox) == sent


async def test_events_signed_with_another_secret_are_refused(played: Played, door: Door) -> None:
    played.fake.webhook.oa_secret = "guessed"
    played.fake.webhook.sleep = _at_once
    await played.fake.person().say("chào")
    assert door.refused == 6
    assert door.meanings == []


async def _at_once(seconds: float) -> None:
    """A retry that does not wait."""
