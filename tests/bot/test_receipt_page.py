"""The page behind a receipt's QR code: it tells nothing, and leads to the question for a proof."""

from collections.abc import AsyncIterator

import pytest
import structlog

from bot.app import HEADERS
from bot.channels.webchat.routes import FRAGMENT
from bot.receipts.scanned import UNKNOWN_CODE
from db.engine import Database
from db.secrets import Keyring
from tests.bot.desk import SAMPLE, OpenDesk, open_desk
from tests.bot.receipt_desk import BOT, Client, receipt_client, reference
from tests.conftest import KEY

OURS = reference()
FORGED = OURS[:-4] + ("AAAA" if not OURS.endswith("AAAA") else "BBBB")
STRANGE = reference(ring=Keyring([b"the key of somebody else, thirty-two bytes"]))
OTHERS = [FORGED, STRANGE, "A" * 40, "x", "x" * 3000, "%3Cscript%3E", SAMPLE.code]
HTML = {"Accept": "text/html"}
SCRIPT = {"Accept": FRAGMENT}


class LockedKeyring(Keyring):
    """Fails when it is consulted."""

    def __init__(self) -> None:
        super().__init__([KEY])

    def hashes(self, purpose: str, *parts: str) -> tuple[str, ...]:
        raise AssertionError((purpose, parts))


@pytest.fixture
async def desk(sqlite_database: Database) -> AsyncIterator[OpenDesk]:
    async with open_desk(sqlite_database) as opened:
        yield opened


@pytest.fixture
async def client(desk: OpenDesk) -> AsyncIterator[Client]:
    async with receipt_client(desk, telegram_bot=BOT) as opened:
        yield opened


@pytest.mark.parametrize("other", OTHERS)
async def test_every_reference_has_the_same_page(client: Client, other: str) -> None:
    pages = [await client.get(f"/h/{one}", headers=HTML) for one in (OURS, other)]
    assert [page.status for page in pages] == [200, 200]
    first, second = [await page.read() for page in pages]
    assert first == second
    assert pages[0].headers.keys() == pages[1].headers.keys()
    assert OURS.encode() not in first
    assert "Set-Cookie" not in pages[0].headers


async def test_reading_the_page_consults_no_key(desk: OpenDesk) -> None:
    async with receipt_client(desk, ring=LockedKeyring(), telegram_bot=BOT) as client:
        assert (await client.get(f"/h/{OURS}")).status == 200
        leads = await client.get(f"/h/{OURS}?telegram", allow_redirects=False)
        assert leads.status == 303
        assert (await client.post(f"/h/{OURS}")).status == 500


async def test_the_page_keeps_the_policy_and_needs_no_script(client: Client) -> None:
    response = await client.get(f"/h/{OURS}")
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    page = await response.text()
    for word in ("<script", "style=", "<style", "http://", "https://", "javascript:"):
        assert word not in page


async def test_the_button_leads_to_the_question_for_a_proof(client: Client) -> None:
    response = await client.post(f"/h/{OURS}", headers=HTML, allow_redirects=False)
    assert response.status == 303
    assert response.headers["Location"] == "/#latest"
    page = await (await client.get("/")).text()
    assert f"hồ sơ {SAMPLE.code}" in page
    assert "Đang xử lý" not in page
    await client.post("/chat", data={"text": SAMPLE.tail})
    assert "Đang xử lý" in await (await client.get("/")).text()


@pytest.mark.parametrize("other", OTHERS)
async def test_what_is_no_reference_of_ours_is_answered_like_an_unknown_code(
    client: Client, other: str
) -> None:
    pressed = await (await client.post(f"/h/{other}", headers=SCRIPT)).text()
    typed = await client.post("/chat", data={"text": UNKNOWN_CODE}, headers=SCRIPT)
    ours = await (await client.post(f"/h/{OURS}", headers=SCRIPT)).text()
    assert pressed == await typed.text()
    assert pressed.replace(UNKNOWN_CODE, SAMPLE.code) == ours


async def test_the_right_proof_opens_nothing_behind_a_forged_reference(client: Client) -> None:
    await client.post(f"/h/{FORGED}")
    await client.post("/chat", data={"text": SAMPLE.tail})
    page = await (await client.get("/")).text()
    assert "Không có hồ sơ nào khớp" in page
    assert "Đang xử lý" not in page


@pytest.mark.parametrize("origin", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://x.io"}])
async def test_no_other_site_can_press_the_button(client: Client, origin: dict[str, str]) -> None:
    assert (await client.post(f"/h/{OURS}", headers=origin)).status == 403


async def test_telegram_is_offered_where_there_is_a_bot(desk: OpenDesk, client: Client) -> None:
    assert 'href="?telegram"' in await (await client.get(f"/h/{OURS}")).text()
    leads = await client.get(f"/h/{OURS}?telegram", allow_redirects=False)
    assert leads.headers["Location"] == f"https://t.me/{BOT}?start={OURS}"
    odd = await client.get("/h/a%0Ab%26c?telegram", allow_redirects=False)
    assert odd.headers["Location"] == f"https://t.me/{BOT}"
    async with receipt_client(desk) as without:
        page = await without.get(f"/h/{OURS}?telegram", allow_redirects=False)
        assert page.status == 200
        assert "elegram" not in await page.text()


async def test_neither_the_reference_nor_the_code_is_logged(client: Client) -> None:
    with structlog.testing.capture_logs() as lines:
        await client.get(f"/h/{OURS}")
        await client.get(f"/h/{OURS}?telegram", allow_redirects=False)
        await client.post(f"/h/{OURS}")
    assert lines
    assert OURS not in str(lines)
    assert SAMPLE.code not in str(lines)
