"""The page in a real headless Chromium: a phone of 360 px and a screen of 1280 px."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.app import create_app
from db.engine import Database
from tests.bot.desk import SAMPLE, OpenDesk, open_desk
from tests.find_chromium import FLAGS, find_chromium

pytestmark = pytest.mark.browser
WIDTHS = [360, 1280]


@dataclass
class Visit:
    """A page that was opened, and what went wrong on it."""

    page: Page
    context: BrowserContext
    origin: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    async def say(self, text: str) -> str:
        """Type, send, wait for the reply, return its text."""
        replies = self.page.locator("article.reply")
        before = await replies.count()
        await self.page.fill("#text", text)
        await self.page.keyboard.press("Enter")
        await expect(replies).to_have_count(before + 1)
        return await replies.last.inner_text()


@pytest.fixture
async def desk(sqlite_database: Database) -> AsyncIterator[OpenDesk]:
    async with open_desk(sqlite_database) as opened:
        yield opened


@pytest.fixture
async def origin(desk: OpenDesk) -> AsyncIterator[str]:
    app: web.Application = create_app(desk.desk, clock=lambda: desk.now)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium was found: `make test` installs it where apt-get may be used")
    async with async_playwright() as player:
        browser = await player.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


async def _open(browser: Browser, origin: str, width: int, *, script: bool = True) -> Visit:
    context = await browser.new_context(
        viewport={"width": width, "height": 760}, java_script_enabled=script, locale="vi-VN"
    )
    page = await context.new_page()
    visit = Visit(page=page, context=context, origin=origin)
    page.on("console", lambda message: visit.complaints.append(message.text))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            visit.strangers.append(request.url)
            if urlsplit(request.url).netloc != urlsplit(origin).netloc
            else None
        ),
    )
    await page.goto(origin)
    return visit


async def _fits(page: Page) -> bool:
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(await page.evaluate(wide))


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_citizen_asks_chooses_and_reads(browser: Browser, origin: str, width: int) -> None:
    visit = await _open(browser, origin, width)
    text = await visit.say("khai sinh can giay to gi")
    assert "Giấy chứng sinh" in text
    assert "1.000001" in text
    assert await _fits(visit.page)
    await visit.page.locator("article.reply").last.locator(".choices button").first.click()
    await expect(visit.page.locator("article.reply")).to_have_count(2)
    assert await _fits(visit.page)
    assert visit.complaints == []
    assert visit.strangers == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_an_owner_reads_where_the_dossier_stands(
    browser: Browser, origin: str, width: int
) -> None:
    visit = await _open(browser, origin, width)
    await visit.say(SAMPLE.code)
    assert "Đang xử lý" in await visit.say(SAMPLE.tail)
    assert SAMPLE.tail not in await visit.page.locator("#log").inner_text()
    assert await _fits(visit.page)
    assert visit.complaints == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_page_works_without_a_script(browser: Browser, origin: str, width: int) -> None:
    visit = await _open(browser, origin, width, script=False)
    await visit.page.fill("#text", "khai sinh cần giấy tờ gì")
    await visit.page.click("#ask button")
    await expect(visit.page.locator("article.reply")).to_have_count(1)
    await visit.page.locator("article.reply .choices button").first.click()
    await expect(visit.page.locator("article.reply")).to_have_count(2)
    assert await _fits(visit.page)


async def test_steps_are_numbered_otherwise_than_choices(browser: Browser, origin: str) -> None:
    visit = await _open(browser, origin, 360)
    await visit.say("đăng ký khai sinh gồm các bước nào")
    style = "getComputedStyle(document.querySelector('{0}')).listStyleType"
    assert await visit.page.evaluate(style.format(".reply > ol")) == "step"
    await visit.say(SAMPLE.code)
    await visit.say(SAMPLE.secret)
    await visit.say("xem quá trình")
    assert await visit.page.evaluate(style.format("ol.timeline")) == "none"


async def test_ticks_and_talk_outlive_a_reload(browser: Browser, origin: str) -> None:
    visit = await _open(browser, origin, 360)
    await visit.say("khai sinh cần giấy tờ gì")
    await visit.page.locator(".checklist input").first.check()
    await visit.page.reload()
    await expect(visit.page.locator("article.reply")).to_have_count(1)
    await expect(visit.page.locator(".checklist input").first).to_be_checked()


async def test_a_list_can_be_printed_without_the_rest_of_the_page(
    browser: Browser, origin: str
) -> None:
    visit = await _open(browser, origin, 1280)
    await visit.say("khai sinh cần giấy tờ gì")
    await visit.page.evaluate("window.print = () => { document.title = 'printed' }")
    await visit.page.locator("button.print").click()
    await expect(visit.page).to_have_title("printed")
    await visit.page.emulate_media(media="print")
    await expect(visit.page.locator("#ask")).to_be_hidden()
    await expect(visit.page.locator(".checklist").first).to_be_visible()


async def test_the_keyboard_alone_is_enough(browser: Browser, origin: str) -> None:
    visit = await _open(browser, origin, 1280)
    await visit.page.keyboard.press("Tab")
    skip = await visit.page.evaluate("document.activeElement.className")
    assert skip == "skip"
    await visit.page.keyboard.press("Enter")
    await visit.page.keyboard.type("khai sinh cần giấy tờ gì")
    await visit.page.keyboard.press("Enter")
    await expect(visit.page.locator("article.reply")).to_have_count(1)
    await visit.page.keyboard.type("1")
    await visit.page.keyboard.press("Enter")
    await expect(visit.page.locator("article.reply")).to_have_count(2)


async def test_a_screen_reader_is_told(browser: Browser, origin: str) -> None:
    visit = await _open(browser, origin, 1280)
    await visit.say("khai sinh cần giấy tờ gì")
    log = visit.page.locator("#log")
    assert await log.get_attribute("role") == "log"
    assert await log.get_attribute("aria-live") == "polite"
    unnamed = await visit.page.evaluate(
        "[...document.querySelectorAll('button, input, textarea, a')]"
        ".filter(e => !(e.innerText || e.labels?.length || e.ariaLabel || e.id === 'latest'))"
        ".length"
    )
    assert unnamed == 0
    assert await visit.page.get_attribute("html", "lang") == "vi"


@pytest.mark.parametrize("width", WIDTHS)
async def test_what_is_pressed_is_large_enough_for_a_thumb(
    browser: Browser, origin: str, width: int
) -> None:
    visit = await _open(browser, origin, width)
    await visit.say("khai sinh cần giấy tờ gì")
    for button in await visit.page.locator("article.reply button, #ask button").all():
        box = await button.bounding_box()
        assert box is not None
        assert box["height"] >= 40
    size = await visit.page.evaluate(
        "getComputedStyle(document.querySelector('.reply p')).fontSize"
    )
    assert float(re.sub(r"[^\d.]", "", size)) >= 16


async def test_without_a_socket_messages_go_by_plain_posts(browser: Browser, origin: str) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 760})
    page = await context.new_page()
    await page.add_init_script("window.WebSocket = function () { throw new Error('none'); };")
    visit = Visit(page=page, context=context, origin=origin)
    await page.goto(origin)
    assert "Giấy chứng sinh" in await visit.say("khai sinh cần giấy tờ gì")


async def test_a_message_typed_while_the_network_is_away_arrives_later(
    browser: Browser, origin: str
) -> None:
    visit = await _open(browser, origin, 360)
    await visit.say("xin chào")
    await visit.context.set_offline(True)
    await visit.page.fill("#text", "khai sinh cần giấy tờ gì")
    await visit.page.keyboard.press("Enter")
    await asyncio.sleep(0.5)
    assert "khai sinh" in await visit.page.locator("#log").inner_text()
    await visit.context.set_offline(False)
    await expect(visit.page.locator("article.reply")).to_have_count(2, timeout=45_000)


async def test_hostile_text_stays_text(browser: Browser, origin: str) -> None:
    visit = await _open(browser, origin, 360)
    await visit.say("<img src=x onerror=\"document.title='owned'\"><script>1</script>")
    await visit.page.reload()
    assert await visit.page.locator("#log img, #log script").count() == 0
    assert await visit.page.title() != "owned"
