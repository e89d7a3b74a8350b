"""The desk over real databases: what is kept, hidden, locked, forgotten, and never broken."""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

import pytest
import structlog
from sqlalchemy import text

from bot.channels.plain import render_plain
from bot.demonstration import ORIGIN, province
from bot.dialogue.context import Purpose
from bot.intake import ALARM_FAILURES, FAILURES_A_DAY, PRIVATE_FOR, TAIL_FAILURES_A_DAY, FrontDesk
from bot.library import Library
from bot.messages import Address, ChannelName, Incoming, reply_to_json
from bot.office import Office
from bot.wiring import start_logging
from db.engine import Database, open_database
from db.records import NewUpdate
from db.secrets import Keyring
from knowledge.matcher import Match
from knowledge.model import ProcedureCode
from tests.bot.desk import LAN, MINH, SAMPLE, OpenDesk, open_desk
from tests.conftest import KEY
from tests.fakes.dossiers import NOW
from tests.knowledge import procedures as known

_LAN = (LAN.channel.value, LAN.chat)
_LANS_CONSENT = (*_LAN, Purpose.LOOKUP)


@pytest.fixture(autouse=True)
def _log_as_the_program_does() -> Iterator[None]:
    start_logging("info")
    yield
    structlog.reset_defaults()


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[OpenDesk]:
    async with open_desk(database) as opened:
        yield opened


async def _kept(desk: OpenDesk) -> str:
    """Everything that stands in every table, as one text."""
    async with desk.database.engine.connect() as connection:
        tables = ("conversations", "turns", "proof_attempts", "consents", "subscriptions")
        rows = [
            str(row)
            for table in tables
            for row in (await connection.execute(text(f"SELECT * FROM {table}"))).all()
        ]
    return "\n".join(rows)


async def test_the_state_is_kept_between_messages(desk: OpenDesk) -> None:
    await desk.say("đăng ký khai tử cần giấy tờ gì")
    assert "khai tử" in render_plain(await desk.say("mất mấy ngày")).casefold()


async def test_two_people_have_two_conversations(desk: OpenDesk) -> None:
    await desk.say("đăng ký khai tử cần giấy tờ gì")
    assert "khai tử" not in render_plain(await desk.say("mất mấy ngày", MINH)).casefold()


async def test_messages_of_one_person_are_taken_in_order(desk: OpenDesk) -> None:
    said = ["đăng ký khai sinh", *(f"câu thứ {number}" for number in range(6))]
    async with asyncio.TaskGroup() as tasks:
        for one in said:
            tasks.create_task(desk.say(one))
    history = await desk.desk.history(LAN, desk.now)
    assert [exchange.said for exchange in history] == said


async def test_a_proof_is_never_kept_and_the_code_is_starred(desk: OpenDesk) -> None:
    await desk.say(SAMPLE.code)
    await desk.say(SAMPLE.tail)
    await desk.say(SAMPLE.code)
    for said in ("{}", "mã bí mật là {}", "{}.", "mã {} ạ", f"{SAMPLE.code} {{}}"):
        await desk.say(said.format(SAMPLE.secret))
        await desk.say(said.format(SAMPLE.tail))
    kept = await _kept(desk)
    assert SAMPLE.tail not in kept
    assert SAMPLE.secret not in kept


async def test_consent_is_kept_with_the_first_proof(desk: OpenDesk) -> None:
    await desk.say(SAMPLE.code)
    async with desk.database.unit() as unit:
        assert await unit.consents.current(*_LANS_CONSENT) is None
    await desk.say("000000")
    async with desk.database.unit() as unit:
        assert await unit.consents.current(*_LANS_CONSENT) is not None


async def test_absent_and_not_yours_are_the_same_bytes_and_the_same_rows(desk: OpenDesk) -> None:
    replies = []
    for who, code in ((LAN, SAMPLE.code), (MINH, "H48.14-261116-9999")):
        pair = (await desk.say(code, who), await desk.say("000000", who))
        replies.append([reply_to_json(one).replace(code, "CODE") for one in pair])
    assert replies[0] == replies[1]


async def test_ten_wrong_proofs_lock_one_address_for_a_day_and_no_other(desk: OpenDesk) -> None:
    for number in range(FAILURES_A_DAY):
        await desk.say(SAMPLE.code)
        await desk.say(f"{number:06d}")
    await desk.say(SAMPLE.code)
    locked = render_plain(await desk.say(SAMPLE.tail))
    assert "Đang xử lý" not in locked

    await desk.say(SAMPLE.code, MINH)
    assert "Đang xử lý" in render_plain(await desk.say(SAMPLE.tail, MINH))

    desk.wait(dt.timedelta(days=1, minutes=1))
    await desk.say(SAMPLE.code)
    assert "Đang xử lý" in render_plain(await desk.say(SAMPLE.tail))


async def test_guessing_from_many_sessions_closes_the_digits_and_not_the_owner_s_secret(
    desk: OpenDesk,
) -> None:
    absent = "H48.14-261116-9999"
    for number in range(TAIL_FAILURES_A_DAY):
        guesser = Address(channel=ChannelName.WEBCHAT, chat=f"guesser-{number}")
        for code in (SAMPLE.code, absent):
            await desk.say(code, guesser)
            await desk.say(f"{number:06d}", guesser)
    await desk.say(SAMPLE.code)
    refused = await desk.say(SAMPLE.tail)
    await desk.say(absent, MINH)
    other = await desk.say(SAMPLE.tail, MINH)
    assert "Đang xử lý" not in render_plain(refused)
    assert reply_to_json(refused).replace(SAMPLE.code, absent) == reply_to_json(other)
    assert "Đang xử lý" in render_plain(await desk.say(SAMPLE.secret))
    desk.wait(dt.timedelta(days=1, minutes=1))
    late = Address(channel=ChannelName.WEBCHAT, chat="late")
    await desk.say(SAMPLE.code, late)
    assert "Đang xử lý" in render_plain(await desk.say(SAMPLE.tail, late))


async def test_talk_about_a_dossier_is_hidden_after_half_an_hour(desk: OpenDesk) -> None:
    await desk.say(SAMPLE.code)
    await desk.say(SAMPLE.tail)
    desk.wait(PRIVATE_FOR - dt.timedelta(seconds=1))
    shown = [render_plain(one.reply) for one in await desk.desk.history(LAN, desk.now)]
    assert any("Đang xử lý" in one for one in shown)
    desk.wait(dt.timedelta(seconds=2))
    hidden = [render_plain(one.reply) for one in await desk.desk.history(LAN, desk.now)]
    assert not any("Đang xử lý" in one for one in hidden)
    assert len(hidden) == len(shown)


async def test_forgetting_deletes_what_was_said(desk: OpenDesk) -> None:
    await desk.say("đăng ký khai sinh")
    await desk.desk.forget(LAN)
    assert await desk.desk.history(LAN, desk.now) == ()
    assert "khai sinh" not in await _kept(desk)


async def _proven(desk: OpenDesk) -> None:
    await desk.say(SAMPLE.code)
    assert "Đang xử lý" in render_plain(await desk.say(SAMPLE.tail))


async def test_following_is_kept_with_its_consent_until_it_ends(desk: OpenDesk) -> None:
    await _proven(desk)
    await desk.say("theo dõi hồ sơ này")
    async with desk.database.unit() as unit:
        assert await unit.subscriptions.codes_of("webchat", LAN.chat) == ()
        assert await unit.consents.current(*_LAN, Purpose.FOLLOWING) is None
    await desk.say("1")
    desk.wait(dt.timedelta(days=3))
    assert f"{SAMPLE.code}: Đang xử lý" in render_plain(await desk.say("hồ sơ của tôi"))
    assert SAMPLE.code not in render_plain(await desk.say("hồ sơ của tôi", MINH))
    async with desk.database.unit() as unit:
        assert await unit.consents.current(*_LAN, Purpose.FOLLOWING) is not None
    await desk.say("thôi theo dõi")
    async with desk.database.unit() as unit:
        assert await unit.subscriptions.codes_of("webchat", LAN.chat) == ()
        assert await unit.consents.current(*_LAN, Purpose.FOLLOWING) is None


async def test_what_is_followed_stays_followed_when_the_dossier_is_brought_again(
    desk: OpenDesk,
) -> None:
    await _proven(desk)
    await desk.say("theo dõi hồ sơ này")
    await desk.say("1")
    async with desk.database.unit() as unit:
        await unit.dossiers.put_many(province()[:20], origin=ORIGIN)
        await unit.commit()
    assert SAMPLE.code in render_plain(await desk.say("hồ sơ của tôi"))


async def test_own_data_holds_what_was_said_agreed_to_and_followed(desk: OpenDesk) -> None:
    await _proven(desk)
    await desk.say("theo dõi hồ sơ này")
    await desk.say("1")
    await desk.say("làm khai sinh", MINH)
    held = json.loads(await desk.desk.own_data(LAN))
    assert len(held["messages"]) == 4
    assert [one["purpose"] for one in held["consents"]] == ["dossier_lookup", "dossier_following"]
    assert [one["code"] for one in held["followed"]] == [SAMPLE.code]
    assert SAMPLE.tail not in json.dumps(held)
    assert "khai sinh" not in json.dumps(held, ensure_ascii=False)


async def test_deleting_leaves_nothing_of_the_address_and_no_new_tries(desk: OpenDesk) -> None:
    for number in range(FAILURES_A_DAY):
        await desk.say(SAMPLE.code)
        await desk.say(f"{number:06d}")
    await desk.say("xoá dữ liệu của tôi")
    reply = await desk.say("1")
    assert reply.erases
    kept = await _kept(desk)
    assert f"'{LAN.chat}'" not in kept
    assert "dossier_lookup" in kept
    assert await desk.desk.history(LAN, desk.now) == ()
    await desk.say(SAMPLE.code)
    assert "Đang xử lý" not in render_plain(await desk.say(SAMPLE.tail))


async def test_a_pairing_code_opens_once_and_for_nobody_else(desk: OpenDesk) -> None:
    async with desk.database.unit() as unit:
        made = await unit.pairings.make(SAMPLE.code, made_by="hoa", now=desk.now)
        await unit.commit()
    assert made is not None
    await desk.say(SAMPLE.code)
    await desk.say(SAMPLE.code, MINH)
    assert "Đang xử lý" in render_plain(await desk.say(f"{made[:4]} {made[4:].lower()}"))
    assert "Đang xử lý" not in render_plain(await desk.say(made, MINH))
    assert made not in await _kept(desk)


async def test_a_code_for_a_followed_dossier_is_not_used_up_where_another_is_asked_for(
    desk: OpenDesk,
) -> None:
    await _proven(desk)
    await desk.say("theo dõi hồ sơ này")
    await desk.say("1")
    await desk.say("huỷ")
    async with desk.database.unit() as unit:
        made = await unit.pairings.make(SAMPLE.code, made_by="hoa", now=desk.now)
        await unit.commit()
    assert made is not None
    await desk.say("H48.14-261116-9999")
    assert "Đang xử lý" not in render_plain(await desk.say(made))
    await desk.say(SAMPLE.code, MINH)
    assert "Đang xử lý" in render_plain(await desk.say(made, MINH))


async def test_guesses_at_a_followed_dossier_close_the_digits_of_no_other(
    desk: OpenDesk,
) -> None:
    other = province()[1]
    await _proven(desk)
    await desk.say("theo dõi hồ sơ này")
    await desk.say("1")
    await desk.say("huỷ")
    async with desk.database.unit() as unit:
        for number in range(TAIL_FAILURES_A_DAY):
            code_hash = Keyring([KEY]).code_hash(SAMPLE.code)
            await unit.attempts.record(f"{number:064x}", code_hash, desk.now, succeeded=False)
        await unit.commit()
    await desk.say(other.dossier.code)
    assert "Người đứng tên" in render_plain(await desk.say(other.owner_number[-6:]))


async def test_a_pairing_code_is_dead_after_ten_minutes(desk: OpenDesk) -> None:
    async with desk.database.unit() as unit:
        made = await unit.pairings.make(SAMPLE.code, made_by="hoa", now=desk.now)
        await unit.commit()
    await desk.say(SAMPLE.code)
    desk.wait(dt.timedelta(minutes=10))
    assert "Đang xử lý" not in render_plain(await desk.say(made or ""))


async def test_a_vouched_phone_opens_and_is_kept_nowhere(desk: OpenDesk) -> None:
    phone = province()[0].owner_phone
    assert phone
    await desk.say(SAMPLE.code)
    shared = Incoming(address=LAN, at=desk.now, phone=phone)
    assert "Đang xử lý" in render_plain(await desk.desk.answer(shared))
    await desk.say(SAMPLE.code, MINH)
    other = Incoming(address=MINH, at=desk.now, phone="0900999999")
    assert "Đang xử lý" not in render_plain(await desk.desk.answer(other))
    kept = await _kept(desk)
    assert phone not in kept
    assert "0900999999" not in kept


async def test_of_tries_made_at_once_exactly_as_many_are_tried_as_the_limit_lets_through(
    desk: OpenDesk,
) -> None:
    await desk.say(SAMPLE.code)
    processes = [
        FrontDesk(desk.database, desk.library, Keyring([KEY]), lambda: desk.now) for _ in range(64)
    ]
    async with asyncio.TaskGroup() as tasks:
        racers = [
            tasks.create_task(
                process.answer(Incoming(address=LAN, at=desk.now, text=f"{number:06d}"))
            )
            for number, process in enumerate(processes)
        ]
    replies = [render_plain(racer.result()) for racer in racers]
    tried = sum("Không có hồ sơ nào khớp" in reply for reply in replies)
    refused = sum("gõ chưa đúng nhiều lần" in reply for reply in replies)
    assert (tried, refused) == (FAILURES_A_DAY, 64 - FAILURES_A_DAY)


async def test_many_wrong_proofs_raise_one_alarm_a_minute(
    desk: OpenDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging("info")  # to what is captured here
    for number in range(ALARM_FAILURES + 20):
        guesser = Address(channel=ChannelName.WEBCHAT, chat=f"guesser-{number}")
        code = f"H48.14-261116-{number:04d}"
        await desk.say(code, guesser)
        await desk.say("000000", guesser)
    told = capsys.readouterr()
    assert (told.out + told.err).count("action=guessing") == 1


async def test_old_talk_is_deleted_and_new_talk_stays(desk: OpenDesk) -> None:
    await desk.say("đăng ký khai sinh")
    desk.wait(dt.timedelta(days=6))
    await desk.say("đăng ký khai tử", MINH)
    desk.wait(dt.timedelta(days=2))
    await desk.desk.tidy(days=7)
    assert await desk.desk.history(LAN, desk.now) == ()
    assert len(await desk.desk.history(MINH, desk.now)) == 1


async def test_what_platforms_brought_and_are_owed_is_deleted_with_old_talk(
    desk: OpenDesk,
) -> None:
    async with desk.database.unit() as unit:
        update = NewUpdate(key="1", chat="lan", body="raw", place=None)
        await unit.inbox.add("telegram", [update], desk.now)
        await unit.outbox.add("telegram", "lan", [{"text": "owed"}], at=desk.now)
        await unit.channels.keep_buttons("token", "telegram", "lan", ["again"], desk.now)
        await unit.commit()
    begun = desk.now
    desk.wait(dt.timedelta(days=8))
    await desk.desk.tidy(days=7)
    async with desk.database.unit() as unit:
        assert await unit.inbox.counts() == {}
        assert await unit.outbox.counts("telegram") == {}
        pressed = await unit.channels.action_of(
            "token", 0, channel="telegram", chat="lan", since=begun
        )
    assert pressed is None


async def test_the_turn_is_kept_with_its_revision_and_candidates(desk: OpenDesk) -> None:
    await desk.say("đăng ký khai tử cần giấy tờ gì")
    async with desk.database.unit() as unit:
        (turn,) = await unit.conversations.turns(LAN.channel.value, LAN.chat, 10)
    assert (turn.outcome, turn.facet, turn.revision) == ("answered_procedure", "papers", 1)
    assert turn.candidates[0][0] == turn.code


class _BrokenMatcher:
    """Fails as no matcher should: the border of a turn has to hold."""

    def match(self, question: str, topic: ProcedureCode | None = None) -> Match:
        raise RuntimeError(f"cannot match {len(question)} characters after {topic}")

    def label(self, code: ProcedureCode) -> str:
        raise RuntimeError(f"no label for {code}")


@dataclass
class _BrokenLibrary:
    library: Library

    @property
    def knowledge(self) -> object:
        return replace(self.library.knowledge, matcher=_BrokenMatcher())

    @property
    def is_open(self) -> bool:
        return True


async def test_the_choice_taken_and_the_thumb_are_kept_with_the_turn_before(
    desk: OpenDesk,
) -> None:
    await desk.say("chứng thực")
    await desk.say("1")
    await desk.say("cảm ơn")
    async with desk.database.unit() as unit:
        asked, told, _ = await unit.conversations.turns("webchat", "lan", 9)
        listed = await unit.conversations.misunderstood(desk.now - dt.timedelta(days=1), 9)
    assert asked.outcome == "asked_which"
    assert asked.picked == told.code
    assert told.is_helpful is True
    assert [one.said for one in listed] == ["chứng thực"]


async def test_an_answer_that_was_not_meant_offers_what_else_it_could_be(desk: OpenDesk) -> None:
    await desk.say("đăng ký khai sinh")
    reply = await desk.say("chưa đúng điều tôi hỏi")
    async with desk.database.unit() as unit:
        told, _ = await unit.conversations.turns("webchat", "lan", 9)
    assert told.is_helpful is False
    assert reply.blocks


async def test_a_failure_is_an_apology_and_keeps_nothing(
    desk: OpenDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging("info")  # to what is captured here
    broken = _BrokenLibrary(desk.library)
    front = FrontDesk(desk.database, broken, Keyring([KEY]), lambda: NOW)  # type: ignore[arg-type]
    reply = await front.answer(Incoming(address=LAN, at=NOW, text="đăng ký khai sinh bí mật"))
    assert "lỗi" in render_plain(reply).casefold() or "trục trặc" in render_plain(reply).casefold()
    assert await front.history(LAN, NOW) == ()
    out, err = capsys.readouterr()
    assert "turn_failed" in out + err
    assert "bí mật" not in out + err


async def test_a_database_that_is_gone_is_an_apology_and_not_ready(
    sqlite_database: Database,
) -> None:
    async with open_desk(sqlite_database) as desk:
        assert await desk.desk.is_ready()
        async with desk.database.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE turns RENAME TO gone"))
            await connection.execute(text("ALTER TABLE revisions RENAME TO gone_too"))
        assert render_plain(await desk.say("đăng ký khai sinh"))
        assert not await desk.desk.is_ready()


async def test_a_library_follows_what_another_process_publishes(
    empty_url: str, database: Database
) -> None:
    async with open_desk(database) as desk:
        other = await open_database(empty_url, keys=Keyring([KEY]))
        reader = Library(other, Office(), known.BOOK)
        assert await reader.refresh()
        assert not await reader.refresh()
        async with desk.database.unit() as unit:
            procedures = desk.library.knowledge.revision.procedures
            changed = dict(list(procedures.items())[:1])
            await unit.knowledge.publish(changed, at=NOW, by="t", note="")
            await unit.commit()
        assert await reader.refresh()
        assert len(reader.knowledge.revision) == 1
        await other.close()
