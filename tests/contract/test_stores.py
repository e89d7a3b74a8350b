"""What every store promises, on SQLite and on PostgreSQL alike."""

import asyncio
import dataclasses
import datetime as dt

import pytest
from sqlalchemy.exc import IntegrityError

from bot.demonstration import ORIGIN, SAMPLE, province
from db.engine import Database
from db.proofs import phone_hashes
from db.records import (
    Consent,
    Delegate,
    Extension,
    NewDossier,
    ProofKind,
    Status,
    StatusChange,
    SupplementRequest,
    TurnRecord,
)
from db.secrets import Keyring
from knowledge.model import Duration, DurationUnit, Procedure, ProcedureCode
from tests.conftest import KEY
from tests.knowledge import procedures as known

_NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
_PROVINCE = province()


async def _fill(database: Database, new: tuple[NewDossier, ...] = _PROVINCE[:20]) -> None:
    async with database.unit() as unit:
        await unit.dossiers.add_many(new, origin=ORIGIN)
        await unit.commit()


async def test_dossiers_come_back_as_they_were_kept(database: Database) -> None:
    await _fill(database)
    for new in _PROVINCE[:20]:
        async with database.unit() as unit:
            found = await unit.dossiers.find([new.dossier.code])
        dossier, _ = found[new.dossier.code]
        assert dataclasses.replace(dossier, id=new.dossier.id) == new.dossier


async def test_everything_about_a_dossier_comes_back(database: Database) -> None:
    first = _PROVINCE[0]
    full = dataclasses.replace(
        first,
        dossier=dataclasses.replace(
            first.dossier,
            duration=Duration(amount=0.5, unit=DurationUnit.WORKING_DAY),
            field="Đất đai",
            officer="Hoa",
            parent_code="H48.14-261116-0009",
            legs=tuple(
                dataclasses.replace(
                    leg, officer="Hoa", allowed=Duration(amount=3, unit=DurationUnit.HOUR)
                )
                for leg in first.dossier.legs
            ),
            supplements=(SupplementRequest(requested_at=_NOW, items=("Sổ",), author="Hoa"),),
            extensions=(Extension(decided_at=_NOW, new_due_at=_NOW, reason="Lũ", letter="12/XL"),),
        ),
        delegates=(Delegate(name="Minh", phone="0900000009", number="062123654321"),),
    )
    await _fill(database, (full,))
    async with database.unit() as unit:
        dossier, proofs = (await unit.dossiers.find([full.dossier.code], _NOW))[full.dossier.code]
    assert dataclasses.replace(dossier, id=full.dossier.id) == full.dossier
    assert proofs.matches(ProofKind.NUMBER_TAIL, "654321")


async def test_a_delegate_opens_until_the_agreed_moment_only(database: Database) -> None:
    minh = Delegate(name="Minh", phone="0900000009", number="062123654321", until=_NOW)
    await _fill(database, (dataclasses.replace(_PROVINCE[0], delegates=(minh,)),))
    phone = phone_hashes(Keyring([KEY]), minh.phone)
    opens = []
    for at in (_NOW - dt.timedelta(seconds=1), _NOW, None):
        async with database.unit() as unit:
            _, proofs = (await unit.dossiers.find([SAMPLE.code], at))[SAMPLE.code]
        opens.append((proofs.matches(ProofKind.NUMBER_TAIL, "654321"), proofs.is_phone_of(phone)))
    assert opens == [(True, True), (False, False), (False, False)]


async def test_a_vouched_phone_opens_and_a_typed_one_does_not(database: Database) -> None:
    keyring = Keyring([KEY])
    owner = dataclasses.replace(_PROVINCE[0], owner_phone="+84 900 123 456")
    await _fill(database, (owner,))
    async with database.unit() as unit:
        _, proofs = (await unit.dossiers.find([SAMPLE.code]))[SAMPLE.code]
        absent = unit.dossiers.absent_proofs()
    assert proofs.is_phone_of(phone_hashes(keyring, "0900123456"))
    assert not proofs.is_phone_of(phone_hashes(keyring, "0900123457"))
    assert not absent.is_phone_of(phone_hashes(keyring, "0900123456"))
    assert not proofs.matches(ProofKind.PHONE, "0900123456")


async def test_what_is_not_committed_is_gone(database: Database) -> None:
    async with database.unit() as unit:
        await unit.dossiers.add_many(_PROVINCE[:1], origin=ORIGIN)
    async with database.unit() as unit:
        assert await unit.dossiers.count_by_status() == {}


async def test_the_right_proofs_open_and_wrong_ones_do_not(database: Database) -> None:
    await _fill(database)
    async with database.unit() as unit:
        _, proofs = (await unit.dossiers.find([SAMPLE.code]))[SAMPLE.code]
    assert proofs.matches(ProofKind.NUMBER_TAIL, SAMPLE.tail)
    assert proofs.matches(ProofKind.NUMBER_TAIL, " ".join(SAMPLE.tail))
    assert proofs.matches(ProofKind.RECEIPT_SECRET, SAMPLE.secret.lower())
    assert not proofs.matches(ProofKind.NUMBER_TAIL, SAMPLE.secret)
    assert not proofs.matches(ProofKind.RECEIPT_SECRET, SAMPLE.tail)
    assert not proofs.matches(ProofKind.NUMBER_TAIL, "000000")
    assert not proofs.matches(ProofKind.NUMBER_TAIL, "")


async def test_a_dossier_without_a_number_is_opened_by_no_number(database: Database) -> None:
    bare = dataclasses.replace(_PROVINCE[0], owner_number="", receipt_secret="")
    await _fill(database, (bare,))
    async with database.unit() as unit:
        _, proofs = (await unit.dossiers.find([SAMPLE.code]))[SAMPLE.code]
    assert not any(proofs.matches(kind, answer) for kind in ProofKind for answer in ("", "0" * 64))


async def test_proofs_of_no_dossier_never_match(database: Database) -> None:
    async with database.unit() as unit:
        absent = unit.dossiers.absent_proofs()
        assert await unit.dossiers.find(["H48.14-261116-9999"]) == {}
    assert not any(absent.matches(kind, answer) for kind in ProofKind for answer in ("", "204613"))


async def test_importing_again_replaces_by_code(database: Database) -> None:
    await _fill(database)
    changed = dataclasses.replace(
        _PROVINCE[0], dossier=dataclasses.replace(_PROVINCE[0].dossier, status=Status.DONE)
    )
    async with database.unit() as unit:
        await unit.dossiers.put_many([changed], origin="import")
        await unit.commit()
    async with database.unit() as unit:
        dossier, _ = (await unit.dossiers.find([SAMPLE.code]))[SAMPLE.code]
        assert sum((await unit.dossiers.count_by_status()).values()) == 20
    assert dossier.status is Status.DONE
    assert len(dossier.history) == len(changed.dossier.history)


def _brought(*history: StatusChange) -> NewDossier:
    return NewDossier(dossier=dataclasses.replace(_PROVINCE[0].dossier, history=history))


_RECEIVED = StatusChange(at=_NOW, status=Status.RECEIVED, event_key="1")
_DONE = StatusChange(at=_NOW + dt.timedelta(hours=3), status=Status.DONE, event_key="2")
_HELD = StatusChange(at=_NOW + dt.timedelta(hours=1), status=Status.IN_PROGRESS, event_key="9")


async def _history(database: Database) -> tuple[StatusChange, ...]:
    async with database.unit() as unit:
        dossier, _ = (await unit.dossiers.find([SAMPLE.code]))[SAMPLE.code]
    return dossier.history


async def test_an_event_that_is_brought_again_is_no_news(database: Database) -> None:
    told = []
    for one in (_brought(_RECEIVED), _brought(_RECEIVED, _DONE), _brought(_HELD, _DONE)):
        async with database.unit() as unit:
            told.append([change for _, change in await unit.dossiers.merge_many([one], origin="s")])
            await unit.commit()
    assert told == [[_RECEIVED], [_DONE], [_HELD]]
    assert await _history(database) == (_RECEIVED, _HELD, _DONE)


async def test_events_without_a_mark_are_known_by_what_they_say(database: Database) -> None:
    unmarked = dataclasses.replace(_RECEIVED, event_key=None)
    reworded = dataclasses.replace(unmarked, text="Đã nhận")
    for history, told in (((unmarked,), 1), ((unmarked, reworded), 1), ((reworded,), 0)):
        async with database.unit() as unit:
            new = await unit.dossiers.put_many([_brought(*history)], origin="import")
            await unit.commit()
        assert len(new) == told
    assert await _history(database) == (reworded,)


async def test_another_status_without_history_is_a_change_when_it_was_seen(
    database: Database,
) -> None:
    later = _NOW + dt.timedelta(days=1)
    bare = _brought()
    done = NewDossier(dossier=dataclasses.replace(bare.dossier, status=Status.DONE))
    told = []
    for one, at in ((bare, _NOW), (bare, later), (done, later), (done, later)):
        async with database.unit() as unit:
            told.append(await unit.dossiers.merge_many([one], origin="import", seen_at=at))
            await unit.commit()
    change = StatusChange(at=later, status=Status.DONE)
    assert told == [[], [], [(SAMPLE.code, change)], []]
    assert await _history(database) == (change,)


async def test_bringing_a_dossier_without_proofs_takes_none_away(database: Database) -> None:
    first = dataclasses.replace(
        _brought(),
        owner_phone="0900000001",
        owner_number="062123456789",
        delegates=(Delegate(name="Minh", number="062123654321"),),
    )
    for one in (first, _brought()):
        async with database.unit() as unit:
            await unit.dossiers.put_many([one], origin="import")
            await unit.commit()
    async with database.unit() as unit:
        _, proofs = (await unit.dossiers.find([SAMPLE.code], _NOW))[SAMPLE.code]
    assert proofs.matches(ProofKind.NUMBER_TAIL, "456789")
    assert proofs.matches(ProofKind.NUMBER_TAIL, "654321")
    assert proofs.is_phone_of(phone_hashes(Keyring([KEY]), "0900000001"))


async def test_a_dossier_that_is_brought_again_keeps_its_id(database: Database) -> None:
    await _fill(database)
    ids = []
    for _ in range(2):
        async with database.unit() as unit:
            await unit.dossiers.put_many(_PROVINCE[:20], origin="import")
            found = await unit.dossiers.find([new.dossier.code for new in _PROVINCE[:20]])
            await unit.commit()
        ids.append({code: dossier.id for code, (dossier, _) in found.items()})
        for new in _PROVINCE[:20]:
            kept, _ = found[new.dossier.code]
            assert dataclasses.replace(kept, id=new.dossier.id) == new.dossier
    assert ids[0] == ids[1]


async def test_adding_a_known_code_is_refused_and_changes_nothing(database: Database) -> None:
    await _fill(database, _PROVINCE[:1])
    with pytest.raises(IntegrityError):
        await _fill(database, _PROVINCE[:2])
    async with database.unit() as unit:
        assert sum((await unit.dossiers.count_by_status()).values()) == 1


async def test_removing_the_demonstration_leaves_other_dossiers(database: Database) -> None:
    await _fill(database)
    async with database.unit() as unit:
        await unit.dossiers.put_many(_PROVINCE[20:22], origin="import")
        assert await unit.dossiers.remove_origin(ORIGIN) == 20
        await unit.commit()
    async with database.unit() as unit:
        assert sum((await unit.dossiers.count_by_status()).values()) == 2


def _turn(said: str, at: dt.datetime = _NOW) -> TurnRecord:
    return TurnRecord(at=at, said=said, reply="{}", outcome="answered_procedure",
                      candidates=(("1.001193", 0.75),))  # fmt: skip


async def test_turns_come_back_in_order_and_only_the_last_ones(database: Database) -> None:
    async with database.unit() as unit:
        conversation = await unit.conversations.save("webchat", "lan", "{}", _NOW)
        for number in range(5):
            await unit.conversations.add_turn(conversation, _turn(f"câu {number}"))
        await unit.commit()
    async with database.unit() as unit:
        turns = await unit.conversations.turns("webchat", "lan", 3)
    assert [turn.said for turn in turns] == ["câu 2", "câu 3", "câu 4"]
    assert turns[0] == _turn("câu 2")


async def test_saving_again_keeps_one_conversation_per_address(database: Database) -> None:
    async with database.unit() as unit:
        first = await unit.conversations.save("webchat", "lan", "{}", _NOW)
        second = await unit.conversations.save("webchat", "lan", '{"a": 1}', _NOW)
        stored = await unit.conversations.load("webchat", "lan")
    assert first == second
    assert stored is not None
    assert stored.state == '{"a": 1}'
    assert stored.updated_at == _NOW


async def test_forgetting_takes_the_turns_along(database: Database) -> None:
    async with database.unit() as unit:
        for chat in ("lan", "minh"):
            conversation = await unit.conversations.save("webchat", chat, "{}", _NOW)
            await unit.conversations.add_turn(conversation, _turn("chào"))
        await unit.conversations.forget("webchat", "lan")
        await unit.commit()
    async with database.unit() as unit:
        assert await unit.conversations.load("webchat", "lan") is None
        assert await unit.conversations.turns("webchat", "lan", 9) == ()
        assert len(await unit.conversations.turns("webchat", "minh", 9)) == 1


async def test_old_turns_are_purged_and_new_ones_stay(database: Database) -> None:
    old = _NOW - dt.timedelta(days=9)
    async with database.unit() as unit:
        conversation = await unit.conversations.save("webchat", "lan", "{}", _NOW)
        await unit.conversations.add_turn(conversation, _turn("cũ", old))
        await unit.conversations.add_turn(conversation, _turn("mới"))
        await unit.conversations.purge(_NOW - dt.timedelta(days=7))
        assert [turn.said for turn in await unit.conversations.turns("webchat", "lan", 9)] == [
            "mới"
        ]


async def test_attempts_are_counted_per_address_and_time(database: Database) -> None:
    async with database.unit() as unit:
        for hours, succeeded in ((30, False), (2, False), (1, False), (1, True)):
            at = _NOW - dt.timedelta(hours=hours)
            await unit.attempts.record("chat", "code", at, succeeded=succeeded)
        day = _NOW - dt.timedelta(days=1)
        assert await unit.attempts.failures_since("chat", day) == 2
        assert await unit.attempts.failures_since("other", day) == 0
        assert await unit.attempts.failures_on(["code", "another"], day) == 2
        assert await unit.attempts.failures_on(["another"], day) == 0


async def test_consents_are_recorded_once_per_wording_and_can_be_withdrawn(
    database: Database,
) -> None:
    consent = Consent(channel="webchat", chat="lan", purpose="dossier_lookup",
                      wording_version="1", wording_hash="h", given_at=_NOW)  # fmt: skip
    async with database.unit() as unit:
        await unit.consents.give(consent)
        later = dataclasses.replace(consent, given_at=_NOW + dt.timedelta(hours=1))
        await unit.consents.give(later)
        assert await unit.consents.current("webchat", "lan", "dossier_lookup") == consent
        await unit.consents.withdraw("webchat", "lan", "dossier_lookup", _NOW)
        assert await unit.consents.current("webchat", "lan", "dossier_lookup") is None


def _catalogue(*procedures: Procedure) -> dict[ProcedureCode, Procedure]:
    return {one.code: one for one in procedures}


async def test_a_revision_comes_back_as_it_was_published(database: Database) -> None:
    async with database.unit() as unit:
        number = await unit.knowledge.publish(
            _catalogue(*known.ALL), at=_NOW, by="quan", note="first"
        )
        revision = await unit.knowledge.load(number)
    assert number == 1
    assert revision.published_at == _NOW
    assert dict(revision.procedures) == _catalogue(*known.ALL)


async def test_publishing_the_same_again_makes_no_revision(database: Database) -> None:
    async with database.unit() as unit:
        await unit.knowledge.publish(_catalogue(*known.ALL), at=_NOW, by="quan", note="first")
        again = await unit.knowledge.publish(
            _catalogue(*reversed(known.ALL)), at=_NOW, by="hoa", note="again"
        )
        assert again == 1
        assert len(await unit.knowledge.all()) == 1


async def test_older_revisions_stay_as_they_were(database: Database) -> None:
    async with database.unit() as unit:
        await unit.knowledge.publish(_catalogue(known.BIRTH), at=_NOW, by="quan", note="")
        changed = dataclasses.replace(known.BIRTH, result="Giấy khai sinh mới")
        second = await unit.knowledge.publish(
            _catalogue(changed, known.DEATH), at=_NOW, by="quan", note=""
        )
        assert second == 2
        assert (await unit.knowledge.load(1)).procedures == _catalogue(known.BIRTH)
        assert (await unit.knowledge.load(2)).procedures[changed.code] == changed
        third = await unit.knowledge.publish(
            _catalogue(known.BIRTH), at=_NOW, by="quan", note="undo"
        )
        assert third == 3


async def test_an_unknown_revision_is_an_error_and_zero_is_empty(database: Database) -> None:
    async with database.unit() as unit:
        assert len(await unit.knowledge.load(0)) == 0
        with pytest.raises(LookupError):
            await unit.knowledge.load(7)


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
async def test_text_that_one_database_cannot_hold_is_refused_by_both(
    database: Database, text: str
) -> None:
    async with database.unit() as unit:
        with pytest.raises(Exception, match="clean it before keeping it"):
            await unit.conversations.save("webchat", "lan", text, _NOW)


async def test_naive_times_are_refused(database: Database) -> None:
    async with database.unit() as unit:
        with pytest.raises(Exception, match="no time zone"):
            await unit.conversations.save("webchat", "lan", "{}", _NOW.replace(tzinfo=None))


async def test_many_writers_at_once_all_get_their_turn(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.unit() as unit:
            conversation = await unit.conversations.save("webchat", f"{number}", "{}", _NOW)
            await unit.conversations.add_turn(conversation, _turn("chào"))
            await unit.commit()

    async with asyncio.TaskGroup() as tasks:
        for number in range(30):
            tasks.create_task(write(number))
    async with database.unit() as unit:
        for number in range(30):
            assert len(await unit.conversations.turns("webchat", f"{number}", 9)) == 1
