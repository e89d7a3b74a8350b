"""The schema: made, made again, compared, taken down, and never run on by old code."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

import db.work  # noqa: F401 - brings every table
from db.columns import metadata
from db.engine import DatabaseUnusable, create_engine
from db.migrating import Fit, check, downgrade, upgrade


def _differences(connection: Connection) -> object:
    return compare_metadata(MigrationContext.configure(connection), metadata)


async def test_the_migrations_make_exactly_the_tables_of_the_code(empty_url: str) -> None:
    assert await check(empty_url) is Fit.EMPTY
    await upgrade(empty_url)
    await upgrade(empty_url)
    assert await check(empty_url) is Fit.FITS
    engine = create_engine(empty_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_stepping_back_leaves_nothing(empty_url: str) -> None:
    await upgrade(empty_url)
    await downgrade(empty_url, "base")
    await upgrade(empty_url)
    assert await check(empty_url) is Fit.FITS


async def test_a_database_newer_than_the_code_is_noticed(empty_url: str) -> None:
    await upgrade(empty_url)
    engine = create_engine(empty_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    assert await check(empty_url) is Fit.AHEAD


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "is not a database URL"),
        ("mysql://u:hush@h/d", "names mysql"),
        ("postgresql://u:hush@127.0.0.1:1/d", "cannot be used"),
    ],
)
async def test_an_unusable_database_is_one_sentence_without_its_password(
    url: str, told: str
) -> None:
    with pytest.raises(DatabaseUnusable, match=told) as caught:
        await check(url)
    assert "hush" not in str(caught.value)


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnusable, match="cannot be made"):
        await check(f"sqlite:///{tmp_path / 'file' / 'x' / 'motcua.db'}")
