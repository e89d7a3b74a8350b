"""Long polling and setting up, against the fake."""

import asyncio
import datetime as dt

import pytest

from bot.channels.telegram.api import Api, open_api
from bot.channels.telegram.intake import ALLOWED_UPDATES
from bot.channels.telegram.polling import CannotPoll, poll
from bot.channels.telegram.setup import (
    CannotSetUp,
    delete_webhook,
    describe,
    set_webhook,
    verify,
)
from bot.simulation.telegram import HUNG_UP_BEFORE, FakeTelegram, refusal, too_many
from bot.wiring import clock

HOOK = "https://motcua.example/telegram"


async def test_updates_are_confirmed_by_the_next_call_only(fake: FakeTelegram, api: Api) -> None:
    lan = fake.person()
    first = lan.say("một")
    kept, offset = await poll(api, 0)
    assert [one.key for one in kept] == [str(first)]
    assert len(fake.world.updates) == 1  # a crash here loses nothing
    assert offset == first + 1
    kept, offset = await poll(api, offset)
    assert (kept, offset) == ([], 0)
    assert fake.world.updates == []
    assert fake.world.allowed == frozenset(ALLOWED_UPDATES)


async def test_numbers_that_fall_after_a_quiet_week_lose_nothing(
    fake: FakeTelegram, api: Api
) -> None:
    lan = fake.person()
    lan.say("một")
    _, offset = await poll(api, 0)
    _, offset = await poll(api, offset)
    fake.world.next_update = 5
    lan.say("hai")
    kept, offset = await poll(api, offset)
    assert [one.place for one in kept] == [5]
    assert await poll(api, offset) == ([], 0)


async def test_a_long_poll_waits_for_what_comes(fake: FakeTelegram, api: Api) -> None:
    waiting = asyncio.create_task(poll(api, 0))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    fake.person().say("chào")
    kept, _ = await waiting
    assert len(kept) == 1


async def test_two_programs_with_one_token_are_told_apart(fake: FakeTelegram, api: Api) -> None:
    other = open_api(fake.token, url=fake.url)
    first = asyncio.create_task(poll(other, 0))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(poll(api, 0, seconds=1))
    with pytest.raises(CannotPoll, match="Another program polls") as caught:
        await first
    assert caught.value.alarm
    assert await second == ([], 0)
    await other.close_connections()


async def test_trouble_says_what_it_is_and_how_long_to_wait(fake: FakeTelegram, api: Api) -> None:
    fake.faults.next(too_many(3))
    with pytest.raises(CannotPoll, match="slow down") as caught:
        await poll(api, 0)
    assert caught.value.wait == dt.timedelta(seconds=3)
    fake.faults.next(HUNG_UP_BEFORE)
    with pytest.raises(CannotPoll, match="cannot be reached") as caught:
        await poll(api, 0)
    assert not caught.value.alarm
    fake.faults.next(refusal(401, "Unauthorized"))
    with pytest.raises(CannotPoll, match="does not accept the token"):
        await poll(api, 0)
    await set_webhook(api, HOOK, "bi-mat")
    with pytest.raises(CannotPoll, match="A webhook is set"):
        await poll(api, 0)


async def test_who_cannot_be_reached_is_told_apart_from_who_refuses() -> None:
    nowhere = open_api("1:token", url="http://127.0.0.1:9")
    with pytest.raises(CannotPoll, match=r"cannot be reached \(ConnectError\)"):
        await poll(nowhere, 0)
    with pytest.raises(CannotSetUp, match=r"deleteWebhook got no answer: ConnectError"):
        await delete_webhook(nowhere)
    verdict = await verify(nowhere, mode="polling", clock=clock)
    assert verdict.problems == ("Telegram cannot be reached (ConnectError).",)
    await nowhere.close_connections()


async def test_a_webhook_is_set_with_its_secret_and_taken_away(
    fake: FakeTelegram, api: Api
) -> None:
    await set_webhook(api, HOOK, "bi-mat", connections=7)
    given = fake.sent("setWebhook")[0].parameters
    assert given["secret_token"] == "bi-mat"
    assert fake.delivery.info()["max_connections"] == 7
    assert fake.world.allowed == frozenset(ALLOWED_UPDATES)
    await delete_webhook(api)
    assert fake.delivery.url == ""


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [(HOOK, "có dấu", "webhook secret"), (HOOK, "", "webhook secret"), ("motcua", "s", "address"),
     ("ftp://motcua.example", "s", "refused: Bad webhook")],
)  # fmt: skip
async def test_a_webhook_that_cannot_be_set_is_explained(
    api: Api, url: str, secret: str, words: str
) -> None:
    with pytest.raises(CannotSetUp, match=words):
        await set_webhook(api, url, secret)


async def test_menu_and_descriptions_are_set_in_both_languages(
    fake: FakeTelegram, api: Api
) -> None:
    await describe(api)
    settings = fake.world.settings
    assert {language for _, language in settings} == {"", "en"}
    assert settings["commands", ""][0] == {
        "command": "thutuc",
        "description": "Hỏi thủ tục cần làm",
    }
    assert len(settings) == 6


async def test_all_is_well(fake: FakeTelegram, api: Api) -> None:
    verdict = await verify(api, mode="polling", bot="Motcua_bot", clock=clock)
    assert (verdict.bot, verdict.problems) == ("motcua_bot", ())
    await set_webhook(api, HOOK, "bi-mat")
    verdict = await verify(api, mode="webhook", url=HOOK, clock=clock)
    assert verdict.problems == ()


async def test_what_is_wrong_is_said_in_plain_sentences(fake: FakeTelegram, api: Api) -> None:
    async def problems(mode: str, **more: str) -> str:
        found = await verify(api, mode=mode, clock=clock, **more)  # type: ignore[arg-type]
        return " ".join(found.problems)

    assert "belongs to @motcua_bot" in await problems("polling", bot="other_bot")
    assert "No webhook is set" in await problems("webhook")
    await api.call("setWebhook", url="http://127.0.0.1:9/telegram", allowed_updates=["message"])
    assert "polling gets nothing" in await problems("polling")
    assert "leads to http://127.0.0.1:9/telegram" in await problems("webhook", url=HOOK)
    assert "does not deliver callback_query, my_chat_member" in await problems("webhook")
    fake.person().say("chào")
    async with asyncio.timeout(5):
        while not fake.delivery.posted:
            await fake.world.wait(0.05)
    assert "could not deliver" in await problems("webhook")
    fake.faults.next(refusal(401, "Unauthorized"))
    assert "does not accept TELEGRAM_TOKEN" in await problems("webhook")
    fake.faults.next(HUNG_UP_BEFORE)
    assert "cannot be reached" in await problems("webhook")
