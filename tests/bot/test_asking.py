"""Question files: one line out per line in, conversations apart, nothing kept."""

from bot.asking import Answered, Asked, answer_all
from db.engine import Database
from tests.bot.desk import LAN, SAMPLE, open_desk


async def _answers(database: Database, *asked: Asked) -> list[Answered]:
    async with open_desk(database) as desk:
        found = answer_all(asked, database, desk.library, lambda: desk.now)
        answers = [one async for one in found]
        assert await desk.desk.history(LAN, desk.now) == ()
    return answers


async def test_every_question_is_answered_in_order(sqlite_database: Database) -> None:
    asked = [
        Asked(id="a", question="đăng ký khai sinh cần giấy tờ gì"),
        Asked(id="b", question=""),
        Asked(id="c", question="chứng thực"),
        Asked(id="d", question="giá vàng hôm nay"),
        Asked(id="e", question="xin chào"),
        Asked(id="f", question=SAMPLE.code),
        Asked(id="g", question="gặp cán bộ"),
    ]
    answers = await _answers(sqlite_database, *asked)
    assert [one.id for one in answers] == [one.id for one in asked]
    assert [one.outcome for one in answers] == [
        "answer",
        "other",
        "clarify",
        "unknown",
        "other",
        "dossier",
        "help",
    ]
    assert answers[0].codes[0] == "1.000001"
    assert answers[0].facet == "papers"
    assert all(one.text for one in answers)
    assert all(len(one.codes) <= 10 for one in answers)


async def test_rows_of_one_conversation_share_their_memory(sqlite_database: Database) -> None:
    answers = await _answers(
        sqlite_database,
        Asked(id="1", question="đăng ký khai tử", conversation="x"),
        Asked(id="2", question="đăng ký khai sinh", conversation="y"),
        Asked(id="3", question="mất mấy ngày", conversation="x"),
        Asked(id="4", question="mất mấy ngày"),
    )
    assert answers[2].codes[0] == "1.000002"
    assert answers[2].facet == "duration"
    assert answers[3].outcome != "answer"


async def test_choices_offered_come_first_among_the_codes(sqlite_database: Database) -> None:
    (answer,) = await _answers(sqlite_database, Asked(id="1", question="chứng thực"))
    assert set(answer.codes[:2]) == {"2.000001", "2.000002"}
