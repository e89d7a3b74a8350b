"""Dropped files are imported whole or not at all, and put away."""

import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.dialogue.plain_words import LOCAL
from bot.dropping.folder import DONE, FAILED, TAKEN, DropFolder, Dropped
from bot.dropping.still import STILL_SECONDS
from bot.errors import Refusal
from db.engine import Database
from tests.bot.dropping import files
from tests.fakes.dossiers import NOW


class Watched:
    """A watched folder whose time passes when it is told to."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.drop = DropFolder(folder, database=database, zone=LOCAL, clock=lambda: NOW)
        self.drop.make()
        self.seconds = 0.0

    async def look(self) -> list[Dropped]:
        """Two looks, as far apart as a file has to stand still."""
        first = await self.drop.look(self.seconds)
        self.seconds += STILL_SECONDS
        return [*first, *await self.drop.look(self.seconds)]

    def put(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)

    def holds(self) -> dict[str, set[str]]:
        return {name: files.names(self.folder / name) for name in ("", TAKEN, DONE, FAILED)}

    def told(self, name: str) -> str:
        return (self.folder / FAILED / f"{name}.problems.txt").read_text("utf-8")

    async def count(self) -> int:
        async with self.database.unit() as unit:
            return sum((await unit.dossiers.count_by_status()).values())


@pytest.fixture
def watched(tmp_path: Path, database: Database) -> Watched:
    return Watched(tmp_path / "drop", database)


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_database: Database) -> Watched:
    return Watched(tmp_path / "drop", sqlite_database)


@pytest.mark.parametrize("name", ["d.csv", "D.CSV", "hồ sơ.xlsx"])
async def test_a_file_is_imported_and_put_away(watched: Watched, name: str) -> None:
    make: Callable[..., bytes] = files.xlsx if name.endswith("xlsx") else files.csv
    watched.put(name, make(files.ROW))
    assert await watched.look() == [Dropped(name=name, dossiers=1)]
    assert watched.holds() == {"": set(), TAKEN: set(), DONE: {name}, FAILED: set()}
    assert await watched.count() == 1


async def test_a_wrong_file_changes_nothing_and_its_problems_are_told(watched: Watched) -> None:
    watched.put("d.csv", files.csv(files.ROW, "H48,Khai sinh,Trần Canari,99"))
    (dropped,) = await watched.look()
    assert (dropped.dossiers, len(dropped.problems)) == (0, 2)
    assert watched.holds()[FAILED] == {"d.csv", "d.csv.problems.txt"}
    told = watched.told("d.csv")
    assert "d.csv, row 3, Mã hồ sơ" in told
    assert "d.csv, row 3, Trạng thái" in told
    assert "Canari" not in told
    assert await watched.count() == 0


async def test_a_file_that_is_still_written_is_left_alone(on_sqlite: Watched) -> None:
    whole = files.csv(files.ROW)
    for length in (10, 20, len(whole)):
        on_sqlite.put("d.csv", whole[:length])
        assert await on_sqlite.drop.look(on_sqlite.seconds) == []
        on_sqlite.seconds += STILL_SECONDS
    assert len(await on_sqlite.look()) == 1
    assert on_sqlite.holds()[DONE] == {"d.csv"}


async def test_other_files_are_left_alone(on_sqlite: Watched, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(files.csv(files.ROW))
    (on_sqlite.folder / "link.csv").symlink_to(outside)
    (on_sqlite.folder / "folder.csv").mkdir()
    for name in ("d.csv.part", ".d.csv", "~$d.xlsx", "d.txt", "empty.csv"):
        on_sqlite.put(name, b"" if name == "empty.csv" else files.csv(files.ROW))
    assert await on_sqlite.look() == []
    assert on_sqlite.holds()[DONE] == set()
    assert outside.exists()


async def test_a_file_left_by_a_killed_process_is_imported_again_harmlessly(
    watched: Watched,
) -> None:
    watched.put("d.csv", files.csv(files.ROW))
    await watched.look()
    (watched.folder / DONE / "d.csv").rename(watched.folder / TAKEN / "d.csv")
    again = Watched(watched.folder, watched.database)
    assert await again.drop.look(0.0) == [Dropped(name="d.csv", dossiers=1)]
    assert watched.holds()[DONE] == {"d.csv"}
    assert await watched.count() == 1


async def test_no_file_overwrites_another(on_sqlite: Watched) -> None:
    for _ in range(3):
        on_sqlite.put("d.csv", files.csv(files.ROW))
        await on_sqlite.look()
    assert on_sqlite.holds()[DONE] == {"d.csv", "d-2.csv", "d-3.csv"}


async def test_a_file_waits_while_its_forerunner_does(on_sqlite: Watched) -> None:
    on_sqlite.put("d.csv", files.csv(files.ROW))
    await on_sqlite.drop.look(0.0)
    (on_sqlite.folder / TAKEN / "d.csv").mkdir()
    assert await on_sqlite.drop.look(STILL_SECONDS) == []
    assert on_sqlite.holds()[""] == {"d.csv"}


async def test_two_processes_that_watch_one_folder_import_a_file_once(
    on_sqlite: Watched,
) -> None:
    other = Watched(on_sqlite.folder, on_sqlite.database)
    on_sqlite.put("d.csv", files.csv(files.ROW))
    await on_sqlite.drop.look(0.0)
    await other.drop.look(0.0)
    assert len(await on_sqlite.drop.look(STILL_SECONDS)) == 1
    assert await other.drop.look(STILL_SECONDS) == []


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(files.bomb(1024, lies=False), id="a gibibyte in a mebibyte"),
        pytest.param(files.bomb(300, lies=True), id="a size that lies"),
        pytest.param(files.xlsx(files.ROW, far=(1_048_575, 16_383)), id="cells far apart"),
        pytest.param(files.xlsx(files.ROW, far=(390_000, 9_000)), id="cells rather far apart"),
        pytest.param(b"PK\x03\x04 cut off", id="cut off"),
    ],
)
async def test_a_bomb_is_refused_and_harms_nothing(on_sqlite: Watched, data: bytes) -> None:
    on_sqlite.put("d.xlsx", data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    (dropped,) = await on_sqlite.look()
    assert time.perf_counter() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    assert dropped.problems
    assert "d.xlsx" in on_sqlite.told("d.xlsx")
    assert on_sqlite.holds()[TAKEN] == set()


async def test_hostile_text_is_kept_as_text(on_sqlite: Watched) -> None:
    formula, markup = "=HYPERLINK(1)", "<b>{{7*7}}</b>"
    on_sqlite.put("d.csv", files.csv(f"{files.CODE},{formula},{markup},4"))
    await on_sqlite.look()
    async with on_sqlite.database.unit() as unit:
        dossier, _ = (await unit.dossiers.find([files.CODE]))[files.CODE]
    assert (dossier.procedure_name, dossier.owner_name) == (formula, markup)


def test_a_folder_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, sqlite_database: Database
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match="MOTCUA_DROP"):
        DropFolder(
            tmp_path / "file" / "drop", database=sqlite_database, zone=LOCAL, clock=lambda: NOW
        ).make()
