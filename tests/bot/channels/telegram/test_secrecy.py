"""The token is nowhere to be seen: not in logs at DEBUG, errors, or representations."""

import logging
import traceback

import httpx
import pytest

from bot.channels.base import Heard, Picture
from bot.channels.telegram.api import Api, open_api
from bot.channels.telegram.channel import telegram_channel
from bot.channels.telegram.polling import CannotPoll, poll
from bot.channels.telegram.setup import CannotSetUp, set_webhook, verify
from bot.simulation.telegram import HUNG_UP_AFTER, FakeTelegram, broken, refusal
from bot.wiring import clock

CANARY = "7000000777:CANARY_token-that_nobody-may-see_0123456"
NAME, PHONE, TEXT = "TênChimYến", "84911111111", "Nội dung riêng tư của chim yến"


@pytest.mark.parametrize("loud", [(), ("httpx", "httpcore", "telegram")])
async def test_neither_token_nor_texts_are_logged(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], loud: tuple[str, ...]
) -> None:
    caplog.set_level(logging.DEBUG)
    problems: list[str] = []
    async with FakeTelegram(CANARY) as fake:
        api = open_api(CANARY, url=fake.url)
        for name in loud:  # even where somebody turned the libraries up again
            logging.getLogger(name).setLevel(logging.DEBUG)
        channel = telegram_channel(api)
        lan = fake.person(NAME, phone=PHONE)
        lan.say(TEXT)
        lan.share(lan.user.id, PHONE)
        lan.send_photo(b"x")
        chat = str(lan.user.id)
        reference = fake.world.updates[-1]["message"]["photo"][-1]["file_id"]
        payload = {"method": "sendMessage", "text": TEXT}
        kept, _ = await poll(api, 0)
        assert len(kept) == 3
        await channel.send(chat, payload, is_repeat=False)
        await channel.hint(chat, Heard(press="x"))
        assert await channel.fetch(Picture(reference=reference)) == b"x"
        for fault in (HUNG_UP_AFTER, broken(502), refusal(400, f"Bad Request: {TEXT}")):
            fake.faults.next(fault)
            problems.append(repr(await channel.send(chat, payload, is_repeat=False)))
        for fault in (HUNG_UP_AFTER, refusal(401, "Unauthorized"), refusal(400, TEXT)):
            fake.faults.next(fault, times=3)
            try:
                await poll(api, 0)
            except CannotPoll as error:
                problems.append("".join(traceback.format_exception(error)))
            try:
                await set_webhook(api, "https://motcua.example/telegram", "s")
            except CannotSetUp as error:
                problems.append("".join(traceback.format_exception(error)))
            problems.append(repr(await verify(api, mode="polling", clock=clock)))
        await api.close_connections()
        assert len(fake.calls) > 15
    heard_from = {record.name.partition(".")[0] for record in caplog.records}
    assert loud or not heard_from & {"httpx", "httpcore", "telegram"}
    shown = [repr(api), str(api), repr(channel), repr(vars(api)), *problems]
    out, err = capfd.readouterr()
    for secret in (CANARY, CANARY.partition(":")[2], TEXT, PHONE, NAME):
        for place in (caplog.text, out, err, *shown):
            assert secret not in place
    for name in loud:
        logging.getLogger(name).setLevel(logging.WARNING)


async def test_the_librarys_own_way_shows_the_token(caplog: pytest.LogCaptureFixture) -> None:
    """Were this to fail, the canary above would prove nothing."""
    caplog.set_level(logging.DEBUG, logger="httpx")
    async with FakeTelegram(CANARY) as fake, httpx.AsyncClient(trust_env=False) as client:
        await client.get(f"{fake.url}/bot{CANARY}/getMe")
    assert CANARY in caplog.text
    logging.getLogger("httpx").setLevel(logging.WARNING)


async def test_no_proxy_is_taken_from_the_environment(
    fake: FakeTelegram, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    opened = open_api(fake.token, url=fake.url)
    assert (await opened.call("getMe"))["username"] == "motcua_bot"
    await opened.close_connections()
