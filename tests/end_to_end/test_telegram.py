"""The real process over the fake Telegram: polled and called, killed and told to stop."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demonstration import SAMPLE, province
from bot.simulation.telegram import FakeTelegram, Person
from tests.end_to_end.process import serving

_SECRET = "a-secret-of-the-tests"


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as started:
        yield started


def _settings(fake: FakeTelegram, mode: str) -> dict[str, str]:
    return {
        "TELEGRAM_TOKEN": fake.token,
        "TELEGRAM_API_URL": fake.url,
        "TELEGRAM_MODE": mode,
        "TELEGRAM_WEBHOOK_SECRET": _SECRET,
        "MOTCUA_LOG_LEVEL": "debug",
    }


def _texts(person: Person) -> list[str]:
    return [kept.message.text or "" for kept in person.received]


async def _hear(person: Person, count: int) -> list[str]:
    async with asyncio.timeout(20):
        while len(person.received) < count:
            await asyncio.sleep(0.02)
    return _texts(person)


async def test_a_polled_conversation_from_start_to_dossier(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    lan = fake.person("Lan", phone=province()[0].owner_phone)
    async with serving(tmp_path, _settings(fake, "polling"), "--with-demo") as served:
        lan.start()
        assert "Xin chào" in (await _hear(lan, 1))[0]
        lan.say("làm khai sinh cho con cần giấy gì")
        assert "khai sinh" in (await _hear(lan, 2))[1].casefold()
        lan.say(SAMPLE.code)
        texts = await _hear(lan, 4)
        assert "Xác nhận" in texts[2]
        lan.share_contact()
        async with asyncio.timeout(10):
            while not any("Đang xử lý" in one for one in _texts(lan)):
                await asyncio.sleep(0.02)
    log = "\n".join(served.log)
    assert fake.token not in log
    assert fake.token.split(":")[1] not in log
    assert (lan.phone or "?") not in log


async def test_a_called_conversation_survives_a_kill_and_repeats_nothing(
    fake: FakeTelegram, tmp_path: Path
) -> None:
    lan = fake.person("Lan")
    settings = _settings(fake, "webhook")
    async with serving(tmp_path, settings) as served:
        port = int(served.url.rsplit(":", 1)[1])
        await fake.delivery.set_webhook({"url": f"{served.url}/telegram", "secret_token": _SECRET})
        lan.say("xin chào")
        await _hear(lan, 1)
        await served.kill()
    lan.say("đăng ký khai tử cần giấy tờ gì")
    await asyncio.sleep(0.3)
    async with serving(tmp_path, settings, port=port):
        texts = await _hear(lan, 2)
        await asyncio.sleep(0.5)
    assert "khai tử" in texts[1].casefold()
    assert len(lan.received) == 2


async def test_a_wrong_secret_is_refused(fake: FakeTelegram, tmp_path: Path) -> None:
    lan = fake.person("Lan")
    async with serving(tmp_path, _settings(fake, "webhook")) as served:
        await fake.delivery.set_webhook(
            {"url": f"{served.url}/telegram", "secret_token": "another-secret"}
        )
        lan.say("xin chào")
        async with asyncio.timeout(10):
            while not served.said("forged"):
                await asyncio.sleep(0.05)
    assert lan.received == []
