"""A process that reads a source once, to be killed: `reading_process.py OURS THEIRS MAPPING`."""

import asyncio
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import make_url

from db.dossier_updates import NewChange
from db.engine import open_database
from db.secrets import Keyring
from db.sources.mapping_file import Source, parse_mapping
from db.sources.syncing import sync
from db.work import UnitOfWork
from tests.conftest import KEY


async def main(ours: str, source: Source) -> None:
    database = await open_database(ours, keys=Keyring([KEY]))
    now = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)

    async def tell(_: UnitOfWork, changes: Sequence[NewChange]) -> None:
        sys.stdout.write(f"{len(changes)}\n")
        sys.stdout.flush()

    report = await sync(database, source, now, tell=tell)
    await database.close()
    sys.stdout.write(f"{report.trouble or 'read'}\n")


if __name__ == "__main__":
    ours, theirs, file = sys.argv[1:]
    mapping = parse_mapping("plain.toml", Path(file).read_text("utf-8"))
    asyncio.run(main(ours, Source(mapping, make_url(theirs))))
