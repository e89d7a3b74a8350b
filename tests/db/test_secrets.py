"""What the database file gives away: nothing."""

import asyncio
from pathlib import Path

import pytest

from bot.demonstration import ORIGIN, SAMPLE, province
from db.engine import open_database
from db.migrating import upgrade
from db.records import ProofKind
from db.secrets import KeyMissing, Keyring

_OLD, _NEW = b"the old key, at least thirty-two bytes", b"the new key, at least thirty-two bytes"


async def test_owners_cannot_be_read_from_the_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'motcua.db'}"
    await upgrade(url)
    database = await open_database(url, keys=Keyring([_NEW]))
    people = province()[:30]
    async with database.unit() as unit:
        await unit.dossiers.add_many(people, origin=ORIGIN)
        await unit.commit()
    await database.close()
    raw = await asyncio.to_thread(_everything_in, tmp_path)
    assert SAMPLE.code.encode() in raw  # the file is really the one that was written
    for person in people:
        for secret in (
            person.dossier.owner_name,
            person.owner_phone,
            person.owner_number,
            person.owner_number[-6:],
            person.receipt_secret,
        ):
            assert secret.encode() not in raw


async def test_an_older_key_is_still_read_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'motcua.db'}"
    await upgrade(url)
    for keys, write in (([_OLD], True), ([_NEW, _OLD], False)):
        database = await open_database(url, keys=Keyring(keys))
        async with database.unit() as unit:
            if write:
                await unit.dossiers.add_many(province()[:1], origin=ORIGIN)
                await unit.commit()
            dossier, proofs = (await unit.dossiers.find([SAMPLE.code]))[SAMPLE.code]
            assert dossier.owner_name == province()[0].dossier.owner_name
            assert proofs.matches(ProofKind.NUMBER_TAIL, SAMPLE.tail)
        await database.close()
    database = await open_database(url, keys=Keyring([_NEW]))
    async with database.unit() as unit:
        with pytest.raises(KeyMissing, match="MOTCUA_KEYS"):
            await unit.dossiers.find([SAMPLE.code])
    await database.close()


def test_a_keyring_shows_nothing_and_needs_a_key() -> None:
    assert "new key" not in repr(Keyring([_NEW]))
    with pytest.raises(ValueError, match="at least one key"):
        Keyring([])


def test_equal_answers_in_two_dossiers_have_different_hashes() -> None:
    ring = Keyring([_NEW])
    assert ring.hash("number_tail", "a", "123456") != ring.hash("number_tail", "b", "123456")
    assert ring.hash("x", "ab", "c") != ring.hash("x", "a", "bc")


def _everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())
