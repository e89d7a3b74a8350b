"""Setting platforms up with the real commands, against the fakes."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from pathlib import Path

from bot.simulation.telegram import FakeTelegram


async def motcua(
    data: Path, *arguments: str, settings: Mapping[str, str], said: str = ""
) -> tuple[int, str]:
    """Run a command; its exit code and all that it printed."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "motcua"), *arguments,
        stdin=PIPE, stdout=PIPE, stderr=PIPE,
        env=os.environ | {"MOTCUA_DATA": str(data)} | dict(settings),
    )  # fmt: skip
    out, err = await process.communicate(said.encode())
    return process.returncode or 0, (out + err).decode()


def _settings(fake: FakeTelegram) -> dict[str, str]:
    return {
        "TELEGRAM_TOKEN": fake.token,
        "TELEGRAM_API_URL": fake.url,
        "TELEGRAM_WEBHOOK_SECRET": "s3cret",
        "MOTCUA_PUBLIC_URL": "https://motcua.example",
    }


async def test_the_webhook_is_set_checked_and_deleted(tmp_path: Path) -> None:
    async with FakeTelegram() as fake:
        settings = _settings(fake)
        code, told = await motcua(tmp_path, "telegram", "set-webhook", settings=settings)
        assert code == 0, told
        assert "https://motcua.example/telegram" in told
        assert fake.sent("setMyCommands")
        code, told = await motcua(tmp_path, "check", settings=settings)
        assert "A webhook is set, so polling gets nothing" in told
        webhook = settings | {"TELEGRAM_MODE": "webhook"}
        code, told = await motcua(tmp_path, "check", settings=webhook)
        assert code == 0
        assert "@motcua_bot answers" in told
        assert fake.token not in told
        assert "s3cret" not in told
        code, told = await motcua(tmp_path, "telegram", "delete-webhook", settings=settings)
        assert code == 0
        code, told = await motcua(tmp_path, "check", settings=settings)
        assert "@motcua_bot answers, polling" in told


async def test_a_wrong_token_and_a_missing_address_are_one_sentence(tmp_path: Path) -> None:
    async with FakeTelegram() as fake:
        wrong = _settings(fake) | {"TELEGRAM_TOKEN": "1:wrong"}
        code, told = await motcua(tmp_path, "telegram", "set-webhook", settings=wrong)
        assert code == 1
        assert "does not accept TELEGRAM_TOKEN" in told
        nowhere = _settings(fake) | {"MOTCUA_PUBLIC_URL": ""}
        code, told = await motcua(tmp_path, "telegram", "set-webhook", settings=nowhere)
        assert code == 1
        assert "MOTCUA_PUBLIC_URL" in told
    code, told = await motcua(tmp_path, "telegram", "describe", settings={})
    assert code == 1
    assert "TELEGRAM_TOKEN is not set" in told


async def test_serving_by_webhook_without_a_secret_is_refused(tmp_path: Path) -> None:
    async with FakeTelegram() as fake:
        settings = _settings(fake) | {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": ""}
        code, told = await motcua(tmp_path, "serve", settings=settings)
    assert code == 1
    assert "TELEGRAM_WEBHOOK_SECRET" in told
    assert "Traceback" not in told


async def test_nothing_is_parked_and_nothing_to_replay(tmp_path: Path) -> None:
    code, told = await motcua(tmp_path, "inbox", "parked", settings={})
    assert code == 0
    code, told = await motcua(tmp_path, "inbox", "replay", "7", settings={})
    assert code == 1
    assert "No parked update has the number 7" in told
