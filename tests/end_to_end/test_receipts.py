"""Receipts in a real headless Chromium: the page behind the QR code, and a photo of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.app import Handler
from bot.receipts.link import web_address
from db.engine import Database
from tests.bot.desk import SAMPLE, open_desk
from tests.bot.receipt_desk import BOT, receipt_app, reference
from tests.fakes.photos import qr_png
from tests.find_chromium import FLAGS, find_chromium

pytestmark = pytest.mark.browser
WIDTHS = [360, 1280]


@pytest.fixture
def arrived() -> list[int]:
    """The bytes of every body that came in."""
    return []


@pytest.fixture
async def origin(sqlite_database: Database, arrived: list[int]) -> AsyncIterator[str]:
    @web.middleware
    async def weigh(request: web.Request, handler: Handler) -> web.StreamResponse:
        arrived.append(request.content_length or 0)
        return await handler(request)

    async with open_desk(sqlite_database) as desk, receipt_app(desk, telegram_bot=BOT) as app:
        app.middlewares.append(weigh)
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


@pytest.fixture
def receipt(tmp_path: Path) -> str:
    file = tmp_path / "receipt.png"
    file.write_bytes(qr_png(web_address("https://motcua.example", reference())))
    return str(file)


@pytest.fixture
def nonsense(tmp_path: Path) -> str:
    file = tmp_path / "nonsense.jpg"
    file.write_bytes(b"no picture")
    return str(file)


async def _open(
    browser: Browser, address: str, width: int, *, script: bool = True
) -> tuple[Page, list[str]]:
    """A page, and what it complains of while it is open."""
    context = await browser.new_context(
        viewport={"width": width, "height": 760}, java_script_enabled=script, locale="vi-VN"
    )
    page, complaints = await context.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(address)
    return page, complaints


async def _fits(page: Page) -> bool:
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(await page.evaluate(wide))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", [True, False])
async def test_a_scanned_receipt_leads_to_its_dossier(
    browser: Browser, origin: str, width: int, *, script: bool
) -> None:
    page, complaints = await _open(browser, f"{origin}/h/{reference()}", width, script=script)
    assert await _fits(page)
    button = page.locator("main button")
    box = await button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    await button.click()
    await expect(page).to_have_url(f"{origin}/#latest")
    await expect(page.locator("article.reply")).to_contain_text(SAMPLE.code)
    await page.fill("#text", SAMPLE.tail)
    await page.click("#ask button")
    await expect(page.locator("article.reply").last).to_contain_text("Đang xử lý")
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_one_press_and_a_chosen_photo_are_enough(
    browser: Browser, origin: str, width: int, receipt: str, nonsense: str
) -> None:
    page, complaints = await _open(browser, origin, width)
    await expect(page.locator("#photo button")).to_have_text("Gửi ảnh biên nhận")
    for file, told in ((nonsense, "chưa mở được tệp"), (receipt, SAMPLE.code)):
        async with page.expect_file_chooser() as opened:
            await page.click("#photo button")
        await (await opened.value).set_files(file)
        await expect(page.locator("article.reply").last).to_contain_text(told)
        await expect(page.locator("#state")).to_be_empty()
    await expect(page.locator("article.said").last).to_have_text("Anh/chịẢnh biên nhận")
    assert await _fits(page)
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_photo_is_taken_without_a_script(
    browser: Browser, origin: str, width: int, receipt: str, nonsense: str
) -> None:
    page, _ = await _open(browser, origin, width, script=False)
    assert await _fits(page)
    for file, told in ((nonsense, "chưa mở được tệp"), (receipt, SAMPLE.code)):
        await page.set_input_files("#file", file)
        await page.click("#photo button")
        await expect(page.locator("article.reply").last).to_contain_text(told)


async def test_a_large_photo_is_made_smaller_before_it_travels(
    browser: Browser, origin: str, arrived: list[int], tmp_path: Path
) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(
        qr_png(web_address("https://motcua.example", reference()), 80) + bytes(4 << 20)
    )
    page, _ = await _open(browser, origin, 360)
    await page.set_input_files("#file", str(large))
    await expect(page.locator("article.reply")).to_contain_text(SAMPLE.code)
    assert 1_000 < max(arrived) < 1_000_000


async def test_a_photo_that_cannot_travel_is_told_and_can_be_sent_again(
    browser: Browser, origin: str, receipt: str
) -> None:
    page, _ = await _open(browser, origin, 360)
    await page.context.set_offline(True)
    await page.set_input_files("#file", receipt)
    await expect(page.locator("#state")).to_contain_text("Chưa gửi được ảnh")
    await expect(page.locator("article.said")).to_have_count(0)
    await page.context.set_offline(False)
    await page.set_input_files("#file", receipt)
    await expect(page.locator("article.reply")).to_contain_text(SAMPLE.code)
