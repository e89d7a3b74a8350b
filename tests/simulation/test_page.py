"""The page of `motcua simulate`: the real process, talked with through a played platform."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import FloatRect, Page, async_playwright, expect

from bot.demonstration import SAMPLE
from bot.messages import Language
from bot.simulation.stage import Deed
from bot.wording.simulation import simulation_wording
from tests.find_chromium import FLAGS, find_chromium
from tests.simulation.visitor import Visitor, visiting

QUESTION = "làm khai sinh cho con cần giấy gì"
SECRETS = ("AAFakeTokenOfTheSimulation", "secret-of-the-simulation", "secret-of-a-play", "-token-1")


async def test_ten_turns_on_telegram(tmp_path: Path) -> None:
    async with visiting(tmp_path, "telegram") as visitor:
        await visitor.hear("Xin chào", "start")
        asked = await visitor.hear("khai sinh", "say", text=QUESTION)
        first = asked["rows"][0][0]
        pressed = await visitor.hear("khai sinh", "press", bubble=asked["id"], press=first["press"])
        assert pressed["marks"][0]["kind"] == "bold"
        await visitor.hear("phí", "say", text="lệ phí bao nhiêu")
        await visitor.hear("", "say", text="cảm ơn")
        await visitor.hear("ở cuối màn hình", "say", text=SAMPLE.code)
        assert len(visitor.state["chats"][0]["keyboard"]) == 1
        await visitor.hear("Đang xử lý", "share")
        assert visitor.state["chats"][0]["keyboard"] == []
        await visitor.hear("Đang xử lý", "receipt")
        own = await visitor.hear("motcua.json", "say", text="dữ liệu của tôi")
        assert json.loads(await visitor.file(own))
        await visitor.hear("riêng", "say", chat="group", text="@motcua_bot lệ phí khai sinh")

        assert await visitor.act("block") == 200
        assert await visitor.act("say", text="còn đó không") == 409
        assert await visitor.act("unblock") == 200
        assert "unblock" not in (await visitor.look())["deeds"]
        _holds_no_secret(visitor)
        inward = {one["name"] for one in visitor.wire if one["is_inward"]}
        assert inward == {"POST /bot•••/getUpdates"}
        assert all(one["status"] == 200 for one in visitor.wire)
        assert all(one["milliseconds"] > 0 for one in visitor.went("/sendMessage"))
    assert list((tmp_path / "simulation").iterdir()) == []


async def test_telegram_calls_where_that_is_asked_for(tmp_path: Path) -> None:
    async with visiting(tmp_path, "telegram", "--webhook") as visitor:
        await visitor.hear("Xin chào", "start")
        assert {one["name"] for one in visitor.wire if one["is_inward"]} == {"POST /telegram"}
        (call,) = visitor.went("POST /telegram")
        assert call["sent"]["message"]["text"] == "/start"
        assert call["headers"]["x-telegram-bot-api-secret-token"] == "•••"
        _holds_no_secret(visitor)


@pytest.mark.parametrize("buttons", [False, True])
async def test_ten_turns_on_zalo(tmp_path: Path, *, buttons: bool) -> None:
    options = ("--buttons",) if buttons else ()
    async with visiting(tmp_path, "zalo", *options) as visitor:
        await visitor.hear("Xin chào", "follow")
        asked = await visitor.hear("1. ", "say", text=QUESTION)
        assert bool(asked["rows"]) == buttons
        if buttons:
            press = asked["rows"][0][0]["press"]
            await visitor.hear("khai sinh", "press", bubble=asked["id"], press=press)
        else:
            await visitor.hear("khai sinh", "say", text="1")
        await visitor.hear("phí", "say", text="lệ phí bao nhiêu")
        await visitor.hear("", "say", text="cảm ơn")
        assert Deed.SUBMIT not in visitor.state["deeds"]
        await visitor.hear("Chia sẻ số điện thoại", "say", text=SAMPLE.code)
        assert Deed.SUBMIT in visitor.state["deeds"]
        await visitor.hear("Đang xử lý", "submit")
        await visitor.hear("Đang xử lý", "receipt")
        own = await visitor.hear("du-lieu-cua-toi", "say", text="dữ liệu của tôi")
        assert len(await visitor.file(own)) > 100
        await visitor.hear("riêng", "say", chat="group", text="@OA lệ phí khai sinh")

        assert await visitor.act("unfollow") == 200
        assert Deed.FOLLOW in (await visitor.look())["deeds"]
        _holds_no_secret(visitor)
        assert {one["name"] for one in visitor.wire if one["is_inward"]} == {"POST /zalo"}
        assert all(one["answered"]["error"] == 0 for one in visitor.went("/oa/message/cs"))


async def test_a_photo_is_read_and_another_phone_proves_nothing(tmp_path: Path) -> None:
    async with visiting(tmp_path, "telegram") as visitor:
        await visitor.hear("ở cuối màn hình", "say", text=SAMPLE.code)
        await visitor.hear("Không có hồ sơ nào khớp", "share", phone="0911111111")
        async with visitor.session.post(f"{visitor.served.url}/photo", data=b"no picture") as sent:
            assert sent.status == 200
        await visitor.hear("", "say", text="cảm ơn")
        shown = [one for one in visitor.state["chats"][0]["bubbles"] if one["file"]]
        assert await visitor.file(shown[0]) == b"no picture"


async def test_the_office_s_own_data_stay_untouched(tmp_path: Path) -> None:
    real = tmp_path / "real.db"
    async with visiting(
        tmp_path / "var", "zalo", MOTCUA_DATABASE_URL=f"sqlite:///{real}", ZALO_APP_ID="1"
    ) as visitor:
        await visitor.hear("Xin chào", "follow")
    assert not real.exists()
    assert [one.name for one in (tmp_path / "var").iterdir()] == ["simulation"]


async def test_what_nobody_can_do_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with visiting(tmp_path, "telegram") as visitor:
        for do, more in (
            ("say", {"text": " "}),
            ("say", {"text": "x" * 5_000}),
            ("say", {"text": "xin chào", "chat": "elsewhere"}),
            ("press", {"bubble": "1", "press": "a:0"}),
            ("press", {"bubble": "²"}),
            ("submit", {}),
            ("fly", {}),
        ):
            assert await visitor.act(do, **more) == 409, do
        for headers in (
            {"Host": "motcua.example"},
            {"Origin": "https://motcua.example"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            async with visitor.session.post(
                f"{visitor.served.url}/act", json={"do": "start"}, headers=headers
            ) as answer:
                assert answer.status == 403
        async with visitor.session.post(f"{visitor.served.url}/act", data=b"[") as answer:
            assert answer.status == 400
        state = await visitor.look()
        assert [one["bubbles"] for one in state["chats"]] == [[], []]


async def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    async with asyncio.timeout(30), TestServer(web.Application()) as taken:
        port = taken.port
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "motcua"), "simulate", "zalo", "--port",
            str(port), stderr=PIPE, env={"MOTCUA_DATA": str(tmp_path)},
        )  # fmt: skip
        _, said = await process.communicate()
    assert process.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port} (Address already in use)" in said.decode()
    assert list((tmp_path / "simulation").iterdir()) == []


def test_every_deed_has_a_name_in_both_languages() -> None:
    for language in Language:
        say = simulation_wording(language)
        assert set(say.deeds) == set(Deed)
        assert set(say.notes) == {"submitted", "followed", "unfollowed", "blocked", "unblocked"}


@pytest.mark.browser
async def test_a_chat_in_a_browser_on_a_phone_and_on_a_screen(tmp_path: Path) -> None:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium was found: `make test` installs it where apt-get may be used")
    async with visiting(tmp_path, "telegram") as visitor, async_playwright() as player:
        browser = await player.chromium.launch(executable_path=path, args=FLAGS)
        complaints, strangers = list[str](), list[str]()
        page = await browser.new_page(viewport={"width": 360, "height": 760})
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: strangers.append(request.url))
        await page.goto(visitor.served.url)
        await page.click("#deeds button >> nth=0")
        await expect(page.locator("article.bot")).to_have_count(1)
        await _say(page, "<img src=x onerror=\"document.title='owned'\">")
        await expect(page.locator("article.bot")).to_have_count(2)
        await _say(page, QUESTION)
        await page.click("article.bot .row button:has-text('1.')")
        await expect(page.locator("article.bot").last).to_contain_text("Chỉ cần khi")
        assert await page.locator("#chat img").count() == 0
        await _say(page, SAMPLE.code)
        await page.click("#keyboard button")
        await expect(page.locator("article.bot").last).to_contain_text("Đang xử lý")
        await page.locator("#wire summary").first.click()
        await expect(page.locator("#wire pre").first).to_be_visible()
        assert await _fits(page)
        wire, phone = await _boxes(page)
        assert wire["y"] > phone["y"] + phone["height"]
        await page.set_viewport_size({"width": 1280, "height": 760})
        wire, phone = await _boxes(page)
        assert wire["x"] > phone["x"] + phone["width"]
        assert await _fits(page)
        assert complaints == []
        assert all(one.startswith(visitor.served.url) for one in strangers)
        await browser.close()


async def _say(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.keyboard.press("Enter")


async def _boxes(page: Page) -> tuple[FloatRect, FloatRect]:
    wire = await page.locator(".wire").bounding_box()
    phone = await page.locator(".phone").bounding_box()
    assert wire
    assert phone
    return wire, phone


async def _fits(page: Page) -> bool:
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(await page.evaluate(wide))


def _holds_no_secret(visitor: Visitor) -> None:
    shown = json.dumps(visitor.wire, ensure_ascii=False)
    assert "•••" in shown
    for secret in SECRETS:
        assert secret not in shown
