"""The real process over the played Zalo: tokens put in, events signed, messages answered."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demonstration import SAMPLE, province
from bot.simulation.zalo import FakeZalo
from bot.simulation.zalo_people import Person
from tests.end_to_end.process import Served, serving
from tests.end_to_end.test_setup import motcua


@pytest.fixture
async def fake() -> AsyncIterator[FakeZalo]:
    played = FakeZalo(lambda: dt.datetime.now(dt.UTC))
    async with played.running():
        yield played


def _settings(fake: FakeZalo) -> dict[str, str]:
    return {
        "ZALO_APP_ID": fake.app_id,
        "ZALO_APP_SECRET": fake.app_secret,
        "ZALO_OA_ID": fake.oa_id,
        "ZALO_OA_SECRET": fake.oa_secret,
        "ZALO_API_URL": fake.url,
        "ZALO_OAUTH_URL": fake.url,
        "MOTCUA_LOG_LEVEL": "debug",
    }


async def _put_tokens_in(fake: FakeZalo, data: Path) -> None:
    files = [data / "access", data / "refresh"]
    for file, token in zip(files, fake.grants.give_pair(), strict=True):
        file.write_text(token)
    code, told = await motcua(
        data, "zalo", "tokens", "--access", str(files[0]), "--refresh", str(files[1]),
        settings=_settings(fake),
    )  # fmt: skip
    assert code == 0, told


def _point_at(fake: FakeZalo, served: Served) -> None:
    fake.webhook.url = f"{served.url}/zalo"


async def _hear(person: Person, count: int) -> list[str]:
    async with asyncio.timeout(20):
        while len(person.inbox) < count:
            await asyncio.sleep(0.02)
    return person.texts


async def test_a_conversation_from_follow_to_dossier(fake: FakeZalo, tmp_path: Path) -> None:
    await _put_tokens_in(fake, tmp_path)
    lan = fake.person()
    async with serving(tmp_path, _settings(fake), "--with-demo") as served:
        _point_at(fake, served)
        await lan.follow()
        await lan.say("làm khai sinh cho con cần giấy gì")
        async with asyncio.timeout(20):
            while not any("khai sinh" in one.casefold() for one in lan.texts):
                await asyncio.sleep(0.02)
        heard = len(lan.inbox)
        await lan.say(SAMPLE.code)
        await _hear(lan, heard + 1)
        await lan.submit_info(phone=province()[0].owner_phone)
        async with asyncio.timeout(20):
            while not any("Đang xử lý" in one for one in lan.texts):
                await asyncio.sleep(0.02)
    log = "\n".join(served.log)
    for secret in (fake.app_secret, fake.oa_secret, fake.grants.newest):
        assert secret not in log


async def test_the_first_pair_by_code_is_checked(fake: FakeZalo, tmp_path: Path) -> None:
    code = fake.grants.give_code("the-verifier")
    said = f"{code}\nthe-verifier\n"
    exit_code, told = await motcua(tmp_path, "zalo", "login", settings=_settings(fake), said=said)
    assert exit_code == 0, told
    exit_code, told = await motcua(tmp_path, "check", settings=_settings(fake))
    assert exit_code == 0
    assert "The webhook's secret is set" in told
    assert "hours old" in told
    exit_code, told = await motcua(tmp_path, "zalo", "login", settings=_settings(fake), said=said)
    assert exit_code == 1
    assert "does not take the authorisation code" in told


async def test_what_login_needs_is_said_before_the_code_is_asked_for(tmp_path: Path) -> None:
    exit_code, told = await motcua(tmp_path, "zalo", "login", settings={})
    assert exit_code == 1
    assert "ZALO_APP_ID is not set" in told
    assert "Authorisation code" not in told
    exit_code, told = await motcua(tmp_path, "zalo", "login", settings={"ZALO_APP_ID": "1"})
    assert exit_code == 1
    assert "ZALO_APP_SECRET is not set" in told
