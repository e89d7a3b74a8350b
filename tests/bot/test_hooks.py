"""Platforms calling: forged and broken calls change nothing, genuine ones are kept before the 200.

A short form of the floods in `tests.bench_door`, and deliveries out of order.
"""

import asyncio
import gzip
import io
import json
import random
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr
from sqlalchemy import text

from bot.app import create_app
from bot.channels.base import Arrived
from bot.channels.telegram.intake import SECRET_HEADER
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.intake import arrived as zalo_arrived
from bot.channels.zalo.signature import HEADER, is_genuine, mac
from bot.hooks import LARGEST_CALL, Hook
from bot.messages import ChannelName
from bot.platforms import telegram_hook
from bot.settings import read_settings
from db.engine import Database
from tests.bot.test_door import Office, open_office
from tests.deliveries import deliveries, said_by, update_of

Client = TestClient[web.Request, web.Application]

SECRET = "right-secret"
ACCOUNT = ZaloAccount(
    app_id="360846524940903967",
    app_secret=SecretStr("app"),
    oa_id="388613280878808645",
    oa_secret=SecretStr("oa"),
)
SETTINGS = read_settings(
    {
        "TELEGRAM_TOKEN": "1:token",
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
)
HOOKS = (
    telegram_hook(SETTINGS),
    Hook(
        channel=ChannelName.ZALO,
        path="/zalo",
        is_genuine=lambda headers, body: is_genuine(body, headers.get(HEADER), ACCOUNT),
        arrived=zalo_arrived,
    ),
)


@pytest.fixture
async def office(sqlite_database: Database) -> AsyncIterator[Office]:
    async with open_office(sqlite_database) as opened:
        yield opened


@pytest.fixture
async def client(office: Office) -> AsyncIterator[Client]:
    app = create_app(office.desk.desk, clock=lambda: office.desk.now, door=office.door, hooks=HOOKS)
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def _kept(database: Database) -> int:
    async with database.engine.connect() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM inbox"))).scalar() or 0)


async def _post(
    client: Client,
    body: bytes,
    *,
    secret: str | None = SECRET,
    **headers: str,
) -> ClientResponse:
    sent = {SECRET_HEADER: secret} if secret is not None else {}
    return await client.post("/telegram", data=io.BytesIO(body), headers=sent | headers)


async def test_a_genuine_call_is_kept_before_it_is_acknowledged(
    office: Office,
    client: Client,
) -> None:
    response = await _post(client, update_of(1, "xin chào"))
    assert response.status == 200
    assert await _kept(office.desk.database) == 1


@pytest.mark.parametrize("secret", [None, "", "right-secre", "RIGHT-SECRET", "ß"])
async def test_a_call_without_the_secret_is_refused_and_changes_nothing(
    office: Office,
    client: Client,
    secret: str | None,
) -> None:
    response = await _post(client, update_of(1, "xin chào"), secret=secret)
    assert response.status == 403
    assert await response.read() == b""
    assert await _kept(office.desk.database) == 0


async def test_what_is_too_large_compressed_or_no_update_is_not_kept(
    office: Office,
    client: Client,
) -> None:
    large = b"{" + b" " * LARGEST_CALL + b"}"
    assert (await _post(client, large)).status == 413
    packed = gzip.compress(update_of(1, "xin chào"))
    assert (await _post(client, packed, **{"Content-Encoding": "gzip"})).status == 415
    for body in (b"", b"[]", b"{}", b"\xff\xfe", b'{"update_id": "1"}', b"null", b"[" * 5_000):
        assert (await _post(client, body)).status == 200  # genuine: the platform need not repeat
    assert await _kept(office.desk.database) == 0


async def test_without_the_database_there_is_no_200(
    office: Office,
    client: Client,
) -> None:
    engine = office.desk.database.engine
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE inbox RENAME TO gone"))
    assert (await _post(client, update_of(1, "xin chào"))).status == 503
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE gone RENAME TO inbox"))
    assert (await _post(client, update_of(1, "xin chào"))).status == 200


def _event(number: int) -> bytes:
    return json.dumps(
        {
            "app_id": ACCOUNT.app_id,
            "event_name": "user_send_text",
            "sender": {"id": "246845883529197922"},
            "recipient": {"id": ACCOUNT.oa_id},
            "message": {"text": "xin chào", "msg_id": f"m{number}"},
            "timestamp": "1724131200000",
        }
    ).encode()


async def test_a_forged_event_of_zalo_is_refused_and_a_repeated_one_is_kept_once(
    office: Office,
    client: Client,
) -> None:
    body = _event(1)
    right = f"mac={mac(body, '1724131200000', ACCOUNT)}"
    chance = random.Random(26)
    for _ in range(100):
        place = chance.randrange(len(body))
        broken = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        response = await client.post("/zalo", data=broken, headers={HEADER: right})
        assert response.status == 403
    again = json.dumps(json.loads(body), indent=1).encode()
    assert (await client.post("/zalo", data=again, headers={HEADER: right})).status == 403
    assert (await client.post("/zalo", data=body)).status == 403
    for _ in range(3):
        assert (await client.post("/zalo", data=body, headers={HEADER: right})).status == 200
    assert await _kept(office.desk.database) == 1


async def _run_of(office: Office, posted: list[Arrived], connections: int) -> dict[str, list[str]]:
    """What was said in each chat, in the order in which the desk heard it."""
    waiting = iter(posted)

    async def post() -> None:
        for update in waiting:
            await office.bring(update)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(connections):
            tasks.create_task(post())
    return await said_by(office.desk.database, len({one.key for one in posted}))


async def test_shuffled_and_repeated_deliveries_end_as_one_ordered_run_does(
    sqlite_database: Database,
) -> None:
    ordered, shuffled = deliveries(count=120, chats=6, window=20, seed=5)
    async with open_office(sqlite_database, gap_seconds=3) as office:  # on a busy machine
        heard = await _run_of(office, shuffled, connections=4)
    expected: dict[str, list[str]] = {}
    for update in ordered:
        expected.setdefault(update.chat, []).append(json.loads(update.body)["text"])
    assert heard == expected
