"""`motcua pair` at the desk, over a real data folder."""

import datetime as dt
import re
from pathlib import Path

from db.engine import open_database
from db.secrets import Keyring
from tests.bot.conftest import Run
from tests.bot.desk import SAMPLE

_KEY = "a-key-of-the-tests-of-more-than-32-characters"


async def test_the_desk_makes_a_code_that_opens_the_dossier(motcua: Run, tmp_path: Path) -> None:
    assert motcua("demo", MOTCUA_KEYS=_KEY).returncode == 0
    done = motcua("pair", SAMPLE.code, "--by", "Hoa", MOTCUA_KEYS=_KEY)
    assert done.returncode == 0, done.stderr
    found = re.match(r"[0-9A-Z]{4}-[0-9A-Z]{4}$", done.stdout, re.MULTILINE)
    assert found
    database = await open_database(
        f"sqlite:///{tmp_path / 'var' / 'motcua.db'}", keys=Keyring([_KEY.encode()])
    )
    async with database.unit() as unit:
        assert await unit.pairings.take(found[0], code=SAMPLE.code, now=dt.datetime.now(dt.UTC))
    await database.close()


def test_an_unknown_dossier_is_one_sentence(motcua: Run) -> None:
    done = motcua("pair", "H48.14-261116-9999")
    assert done.returncode == 1
    assert done.stderr == "No dossier has the code H48.14-261116-9999.\n"
