"""The channel as a whole: it fits the protocol, and a conversation goes through the fake."""

import json

from bot.channels.base import Channel, Heard, Occasion, Pressed, Sent
from bot.channels.telegram.api import Api
from bot.channels.telegram.channel import telegram_channel
from bot.channels.telegram.polling import poll
from bot.messages import Action, ChannelName, Choice, Language, Paragraph, Reply
from bot.simulation.telegram import FakeTelegram

REPLY = Reply(
    blocks=(Paragraph(text="Anh/chị cần gì?"),),
    exits=(Choice(label="Thủ tục", action=Action("x:procedures")),),
)


async def test_a_conversation_from_start_to_a_changed_message(fake: FakeTelegram, api: Api) -> None:
    channel: Channel = telegram_channel(api, bot="motcua_bot")
    assert channel.name is ChannelName.TELEGRAM
    lan = fake.person("Lan", language="en")
    lan.start("AbC")
    [update], offset = await poll(api, 0)
    heard = channel.understand(update.body)
    assert heard == Heard(text="/start", start="AbC", language=Language.EN)
    assert update.chat == str(lan.user.id)
    letter = channel.render(REPLY, Occasion(token="0123456789abcdef"))
    for payload in letter.payloads:
        kept = json.loads(json.dumps(payload))
        assert isinstance(await channel.send(update.chat, kept, is_repeat=False), Sent)
    lan.press("Thủ tục")
    [update], _ = await poll(api, offset)
    heard = channel.understand(update.body)
    assert isinstance(heard, Heard)
    assert heard.pressed == Pressed(token="0123456789abcdef", number=0)
    assert letter.buttons[heard.pressed.number] == "x:procedures"
    await channel.hint(update.chat, heard)
    occasion = Occasion(token="fedcba9876543210", message=heard.message)
    [payload] = channel.render(Reply(blocks=(Paragraph(text="Gõ đi"),)), occasion).payloads
    await channel.send(update.chat, payload, is_repeat=False)
    assert [kept.message.text for kept in lan.received] == ["Gõ đi"]


async def test_a_proof_is_shared_by_the_button(fake: FakeTelegram, api: Api) -> None:
    channel = telegram_channel(api)
    lan = fake.person("Lan", phone="84900000001")
    lan.start()
    chat = str(lan.user.id)
    asking = Reply(blocks=REPLY.blocks, exits=REPLY.exits, asks_proof=True)
    for payload in channel.render(asking, Occasion(token="0123456789abcdef")).payloads:
        await channel.send(chat, payload, is_repeat=False)
    lan.share_contact()
    heard = channel.understand(json.dumps(fake.world.updates[-1]))
    assert heard == Heard(phone="84900000001")
    await channel.hint(chat, heard)
    assert not lan.shows_phone_keyboard()
    assert [kept.message.text for kept in lan.received] == ["Anh/chị cần gì?"]
