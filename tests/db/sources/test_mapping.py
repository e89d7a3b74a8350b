"""Mapping files: what does not fit is told by key, all at once, and no secret is shown."""

from pathlib import Path

import pytest

from db.sources.mapping_file import (
    MappingInvalid,
    parse_mapping,
    read_source,
    read_sources,
    shipped_mapping,
)
from tests.fakes.others import PLAIN

_URL = "mysql://reader:very-secret@db.example/epar?charset=utf8mb4"


def _problems(told: str) -> tuple[str, ...]:
    with pytest.raises(MappingInvalid) as caught:
        parse_mapping("plain.toml", told)
    return caught.value.problems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plain.toml").write_text(PLAIN, "utf-8")
    (tmp_path / "plain.url").write_text(_URL + "\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["epar", "opencps2"])
def test_what_ships_fits(name: str) -> None:
    assert parse_mapping(f"{name}.toml", shipped_mapping(name)).name == name


def test_all_problems_come_at_once_each_with_its_key() -> None:
    told = PLAIN.replace('name = "plain"', 'name = "demo"').replace("batch = 3", "batch = 0")
    told = told.replace('owner_name = "chu"', 'owner_nmae = "chu"')
    told = told.replace("status = 9", "status = 11", 1)
    problems = "\n".join(_problems(told))
    assert "plain.toml, name: demo is the name of something else." in problems
    assert "plain.toml, batch: Input should be greater than or equal to 1." in problems
    assert "plain.toml, fields.owner_name: Field required." in problems
    assert "plain.toml, fields.owner_nmae: Extra inputs are not permitted." in problems
    assert "plain.toml, status[3].status: Input should be" in problems


@pytest.mark.parametrize(
    "identifier", ["ma; DROP TABLE x", "ma)", "a.b.c", "", "mã", "1ma", "COUNT(*)", "a b"]
)
def test_only_identifiers_are_taken(identifier: str) -> None:
    (problem,) = _problems(PLAIN.replace('code = "ma"', f'code = "{identifier}"'))
    assert problem.startswith("plain.toml, fields.code")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "ma"', 'code = "loai.ma"', "loai.ma: no such table is joined"),
        ('code = "ma"', 'code = { columns = ["ma"], fixed = "x" }', "fields.code"),
        ('code = "ma"', 'code = { columns = ["x"], xml = "a[" }', "it needs a path"),
        ("format = 1", 'format = 1\ntimezone = "Asia/Kontum"', "timezone: it needs a time zone"),
        ('dossier = "ho_so"', "", "history: a table needs the column"),
        ('dossier = "ho_so"', 'dossier = "ho_so"\nxml = "x"', "no xml beside it"),
        ("status = 2\nwhen", "status = 2\nskip = true\nwhen", "status[1]: it needs either"),
        (
            'code = "ma"',
            'code = "ma"\nfiled_by = { fixed = "bưu điện" }',
            "filed_by gives bưu điện",
        ),
        ("format = 1", "format = 2", "format"),
        ('name = "plain"', 'name = "a-name-of-twenty-one-"', "name"),
        ("format = 1", "format 1", "is no TOML"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(old: str, new: str, told: str) -> None:
    assert told in "\n".join(_problems(PLAIN.replace(old, new, 1)))


def test_the_url_comes_from_its_own_file_with_our_driver(folder: Path) -> None:
    source = read_source(folder / "plain.toml")
    assert source.url.drivername == "mysql+pymysql"
    assert source.url.password == "very-secret"
    assert repr(source) == "Source(plain)"
    assert read_sources(folder) == (source,)


def test_a_url_that_cannot_be_had_is_told_without_it(folder: Path) -> None:
    (folder / "plain.url").write_text("very-secret", "utf-8")
    with pytest.raises(MappingInvalid, match="holds no database URL") as caught:
        read_source(folder / "plain.toml")
    assert "very-secret" not in str(caught.value)
    (folder / "plain.url").unlink()
    with pytest.raises(MappingInvalid, match=r"plain\.url cannot be read"):
        read_source(folder / "plain.toml")


def test_two_sources_do_not_share_a_name_and_none_is_told(folder: Path, tmp_path: Path) -> None:
    (folder / "again.toml").write_text(PLAIN, "utf-8")
    with pytest.raises(MappingInvalid, match="two mappings with the name plain"):
        read_sources(folder)
    with pytest.raises(MappingInvalid, match="holds no mapping"):
        read_sources(tmp_path / "nothing")
