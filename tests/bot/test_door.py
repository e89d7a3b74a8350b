"""From an update to its reply over real databases: once, in order, whatever fails between."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
import structlog
from sqlalchemy import text

from bot.channels.base import Arrived, Refused, RetryAfter, Unknown
from bot.demonstration import province
from bot.dialogue.actions import ShowDossier, encode
from bot.door import Door
from bot.messages import ChannelName, Incoming
from bot.postman import Postman
from bot.queue import Queue
from bot.reception import BUTTONS_LAST, Reception
from bot.wiring import start_logging
from db.engine import Database
from db.inbox import State as Came
from db.outbox import REPEAT_AFTER, State
from db.records import NewUpdate
from tests.bot.desk import SAMPLE, OpenDesk, open_desk
from tests.fakes.channel import FakeChannel, typed

_TELEGRAM = ChannelName.TELEGRAM


@dataclass
class Office:
    """All between an update and its reply, running."""

    desk: OpenDesk
    channel: FakeChannel
    door: Door
    postman: Postman
    offset: list[dt.timedelta] = field(default_factory=lambda: [dt.timedelta()])

    async def bring(self, *updates: Arrived) -> None:
        await self.door.take_in(_TELEGRAM, updates)

    async def until(self, is_so: Callable[[], bool], seconds: float = 8.0) -> None:
        async with asyncio.timeout(seconds):
            while not is_so():
                await asyncio.sleep(0.01)

    async def done(self, count: int) -> None:
        """Wait until so many updates are finished."""
        async with asyncio.timeout(8):
            while (await self.counts())[0].get(Came.DONE, 0) < count:
                await asyncio.sleep(0.02)

    async def hear(self, count: int, chat: str = "lan") -> list[str]:
        await self.until(lambda: len(self.channel.texts(chat)) >= count)
        return self.channel.texts(chat)

    async def counts(self) -> tuple[dict[Came, int], dict[State, int]]:
        async with self.desk.database.reading() as unit:
            return await unit.inbox.counts(), await unit.outbox.counts("telegram")


@asynccontextmanager
async def open_office(
    database: Database, channel: FakeChannel | None = None, *, gap_seconds: float = 0.25
) -> AsyncIterator[Office]:
    used = channel or FakeChannel()
    offset = [dt.timedelta()]

    def clock() -> dt.datetime:
        return dt.datetime.now(dt.UTC) + offset[0]

    async def read_picture(incoming: Incoming, data: bytes | None) -> Incoming:
        return replace(incoming, text=data.decode() if data else "")

    async with open_desk(database) as desk:
        postman = Postman(database=database, channel=used, clock=clock)
        reception = Reception(
            database=database,
            desk=desk.desk,
            channels={_TELEGRAM: used},
            clock=clock,
            posted=lambda _: postman.posted(),
            code_of=lambda reference: SAMPLE.code if reference == "ours" else "H48.14-261116-9999",
            read_picture=read_picture,
            gap_seconds=gap_seconds,
            most_gap_seconds=20,
            back_off=(0.05,),
        )
        queue = Queue(reception, workers=4)
        door = Door(database, clock, queue.nudge)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(one.run()) for one in (door, queue, postman)]
            yield Office(desk=desk, channel=used, door=door, postman=postman, offset=offset)
            for task in running:
                task.cancel()


@pytest.fixture(autouse=True)
def _log_as_the_program_does() -> Iterator[None]:
    start_logging("info")
    yield
    structlog.reset_defaults()


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        yield opened


async def test_an_update_is_answered_once_however_often_it_comes(office: Office) -> None:
    for _ in range(3):
        await office.bring(typed(1, "đăng ký khai tử cần giấy tờ gì"))
    (answer,) = await office.hear(1)
    assert "khai tử" in answer.casefold()
    await asyncio.sleep(0.2)
    assert len(office.channel.texts()) == 1
    came, gone = await office.counts()
    assert (came, gone) == ({Came.DONE: 1}, {State.SENT: 1})


async def test_updates_of_one_chat_are_answered_in_order(office: Office) -> None:
    said = ["đăng ký khai tử cần giấy tờ gì", "mất mấy ngày", "xin chào"]
    await office.bring(*(typed(place, one) for place, one in reversed(list(enumerate(said, 1)))))
    texts = await office.hear(3)
    assert "Giấy tờ" in texts[0]
    assert "khai tử" in texts[1].casefold()
    assert "Xin chào" in texts[2]


async def test_what_needs_no_answer_gets_none(office: Office) -> None:
    await office.bring(typed(1, "", nothing=True), typed(2, "xin chào"))
    await office.hear(1)
    came, _ = await office.counts()
    assert came == {Came.DONE: 2}
    assert len(office.channel.sent) == 1


async def test_the_text_of_a_finished_update_is_forgotten(office: Office) -> None:
    await office.bring(typed(1, "đăng ký khai tử cần giấy tờ gì"))
    await office.hear(1)
    await office.until(lambda: office.channel.hints == ["lan"])
    async with office.desk.database.engine.connect() as connection:
        bodies = (await connection.execute(text("SELECT body FROM inbox"))).scalars().all()
        await asyncio.sleep(0.1)
        payloads = (await connection.execute(text("SELECT payload FROM outbox"))).scalars().all()
    assert (bodies, payloads) == ([""], [""])


async def test_poison_is_parked_after_five_tries_and_others_do_not_wait(
    office: Office,
) -> None:
    await office.bring(typed(1, "", raises=True), typed(2, "xin chào"))
    await office.bring(typed(3, "xin chào", "minh"))
    await office.hear(1, "minh")
    texts = await office.hear(2)
    assert "trục trặc" in texts[0]
    assert "Xin chào" in texts[1]
    async with office.desk.database.unit() as unit:
        (parked,) = await unit.inbox.parked()
        assert (parked.tries, parked.trouble) == (5, "ValueError")
        assert await unit.inbox.replay(parked.id, dt.datetime.now(dt.UTC))
        await unit.commit()
    await office.hear(3)


async def test_what_the_database_cannot_keep_is_poison_as_well(office: Office) -> None:
    office.channel.spoilt = "Xin chào"
    await office.bring(typed(1, "xin chào"), typed(2, "đăng ký khai tử"))
    texts = await office.hear(2)
    assert "trục trặc" in texts[0]
    assert "khai tử" in texts[1].casefold()
    async with office.desk.database.reading() as unit:
        (parked,) = await unit.inbox.parked()
    assert parked.tries == 5


async def test_a_press_works_once_for_its_own_chat_and_not_for_ever(office: Office) -> None:
    await office.bring(typed(1, "chứng thực"))
    await office.hear(1)
    (token,) = office.channel.tokens
    await office.bring(typed(2, "", pressed=[token, 0]))
    assert "■" in (await office.hear(2))[1]
    await office.bring(typed(3, "", "minh", pressed=[token, 0]))
    assert "quá lâu" in (await office.hear(1, "minh"))[0]
    office.offset[0] = BUTTONS_LAST + dt.timedelta(seconds=1)
    await office.bring(typed(4, "", pressed=[token, 0]))
    assert "quá lâu" in (await office.hear(3))[2]


async def test_a_made_up_action_is_no_button(office: Office) -> None:
    await office.bring(typed(1, encode(ShowDossier(code=SAMPLE.code))))
    (answer,) = await office.hear(1)
    assert "Đang xử lý" not in answer


async def test_the_owner_opens_by_a_deep_link_and_a_vouched_phone(office: Office) -> None:
    await office.bring(typed(1, "", start="ours"))
    await office.bring(typed(2, "", phone=province()[0].owner_phone))
    texts = await office.hear(2)
    assert "Xác nhận" in texts[0]
    assert "Đang xử lý" in texts[1]


async def test_a_group_gets_one_sentence(office: Office) -> None:
    await office.bring(typed(1, SAMPLE.code, in_group=True))
    (answer,) = await office.hear(1)
    assert SAMPLE.code not in answer


async def test_what_is_read_from_a_picture_is_spoken(office: Office) -> None:
    await office.bring(typed(1, "", picture=SAMPLE.code))
    assert "Xác nhận" in (await office.hear(1))[0]


async def test_own_data_goes_out_with_the_reply(office: Office) -> None:
    await office.bring(typed(1, "dữ liệu của tôi"))
    await office.hear(1)
    ((_, payload, _),) = office.channel.sent
    assert '"messages"' in payload["own_data"]


async def test_deleting_leaves_no_trace_of_the_chat(office: Office) -> None:
    await office.bring(typed(1, "xoá dữ liệu của tôi"))
    await office.hear(1)
    await office.bring(typed(2, "1"))
    assert "Đã xoá" in (await office.hear(2))[1]
    await asyncio.sleep(0.2)
    async with office.desk.database.engine.connect() as connection:
        for table in ("inbox", "conversations", "keyboards"):
            query = text(f"SELECT count(*) FROM {table} WHERE chat = 'lan'")
            assert (await connection.execute(query)).scalar() == 0, table


async def test_a_halt_stops_everything_until_it_ends(office: Office) -> None:
    office.channel.script = [RetryAfter(wait=dt.timedelta(seconds=1), halts=True)]
    await office.bring(typed(1, "xin chào"))
    await office.until(lambda: len(office.channel.sent) == 1)
    await office.bring(typed(2, "xin chào", "minh"))
    await asyncio.sleep(0.5)
    assert len(office.channel.sent) == 1
    await office.until(lambda: len(office.channel.sent) == 3)
    _, gone = await office.counts()
    assert not any(is_repeat for _, _, is_repeat in office.channel.sent), gone


async def test_a_lost_answer_is_sent_once_more_and_says_so(office: Office) -> None:
    office.channel.script = [Unknown(reason="read time-out"), Unknown(reason="read time-out")]
    await office.bring(typed(1, "xin chào"))
    await office.until(lambda: len(office.channel.sent) == 1)
    await asyncio.sleep(0.2)
    assert len(office.channel.sent) == 1
    office.offset[0] = REPEAT_AFTER + dt.timedelta(seconds=1)
    await office.until(lambda: len(office.channel.sent) == 2)
    assert [is_repeat for _, _, is_repeat in office.channel.sent] == [False, True]
    await asyncio.sleep(0.3)
    _, gone = await office.counts()
    assert gone == {State.UNKNOWN: 1}


async def test_whoever_blocked_us_is_owed_nothing_more(office: Office) -> None:
    office.channel.script = [Refused(reason="blocked", unreachable=True)]
    await office.bring(typed(1, "xin chào"))
    await office.until(lambda: len(office.channel.sent) == 1)
    await asyncio.sleep(0.2)
    async with office.desk.database.reading() as unit:
        assert await unit.channels.is_gone("telegram", "lan")
    await office.bring(typed(2, "xin chào"))
    await office.until(lambda: len(office.channel.sent) == 2)
    async with office.desk.database.reading() as unit:
        assert not await unit.channels.is_gone("telegram", "lan")


async def test_whoever_left_is_gone_and_one_who_moved_goes_on(office: Office) -> None:
    await office.bring(typed(1, "", left=True))
    await office.bring(typed(2, "đăng ký khai tử", "minh"))
    await office.hear(1, "minh")
    await office.bring(typed(3, "", "minh", moved="minh-2"))
    await office.done(3)
    await office.bring(typed(4, "mất mấy ngày", "minh-2"))
    assert "khai tử" in (await office.hear(1, "minh-2"))[0].casefold()
    async with office.desk.database.reading() as unit:
        assert await unit.channels.is_gone("telegram", "lan")


async def test_what_was_kept_before_a_crash_is_answered_after_it(database: Database) -> None:
    async with database.unit() as unit:
        update = typed(1, "xin chào")
        new = NewUpdate(key=update.key, chat=update.chat, body=update.body, place=update.place)
        await unit.inbox.add("telegram", [new], dt.datetime.now(dt.UTC))
        await unit.outbox.add("telegram", "minh", [{"text": "owed"}], at=dt.datetime.now(dt.UTC))
        await unit.commit()
    async with open_office(database) as office:
        assert await office.hear(1)
        assert await office.hear(1, "minh") == ["owed"]


async def test_the_door_passes_on_that_nothing_was_kept(sqlite_database: Database) -> None:
    async with open_office(sqlite_database) as office:
        async with sqlite_database.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE inbox RENAME TO gone"))
        with pytest.raises(Exception, match="no such table"):
            await office.bring(typed(1, "xin chào"))
        async with sqlite_database.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE gone RENAME TO inbox"))
        await office.bring(typed(1, "xin chào"))
        await office.hear(1)


async def test_guesses_over_a_channel_are_counted(office: Office) -> None:
    await office.bring(typed(1, SAMPLE.code))
    await office.hear(1)
    for number in range(11):
        await office.bring(typed(2 + number, f"{number:06d}"))
    texts = await office.hear(12)
    assert sum("nào khớp" in one for one in texts) == 10
    assert "nhiều lần" in texts[-1]
