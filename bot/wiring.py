"""The only place where concrete things meet: settings, keys, database, library, desk."""

import datetime as dt
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.errors import Refusal
from bot.intake import FrontDesk
from bot.library import Library
from bot.office import read_office, read_phrases
from bot.publishing import ensure_starter
from bot.receipts.photo import PhotoReader
from bot.receipts.scanned import Scanned
from bot.settings import Settings
from bot.timing import Timekeeper, timekeeper_of
from db.engine import Database, DatabaseUnusable, open_database
from db.migrating import Fit, check, upgrade
from db.secrets import Keyring

KEY_FILE = "secret.key"


def clock() -> dt.datetime:
    """The one wall clock: aware, UTC. Everything below the wiring is handed the time."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """Everything that a command may need, opened and ready."""

    settings: Settings
    database: Database
    keyring: Keyring
    timekeeper: Timekeeper
    library: Library
    desk: FrontDesk
    scanned: Scanned
    photos: PhotoReader


@asynccontextmanager
async def open_house(settings: Settings, *, answers: bool = True) -> AsyncIterator[House]:
    """Open the database, bring an embedded one up to date, load the knowledge; close at the end.

    `answers` False leaves the library closed: work on the catalogue itself needs no index.

    A server's database is never migrated behind the operator's back: when it is behind, the
    Refusal names the command. Raises Refusal with one sentence for everything that is wrong.
    """
    office = read_office(settings.office)
    phrasebook = read_phrases(settings.phrases)
    timekeeper = timekeeper_of(office, settings.rules)
    keyring = load_keyring(settings)
    scanned = Scanned(keyring=keyring)
    photos = PhotoReader(scanned.code_in)
    try:
        await fit_or_refuse(settings)
        database = await open_database(settings.effective_database_url, keys=keyring)
    except DatabaseUnusable as error:
        raise Refusal(str(error)) from None
    try:
        library = Library(database, office, phrasebook, timekeeper)
        await ensure_starter(database, now=clock())
        if answers:
            await library.refresh()
        desk = FrontDesk(database, library, keyring, clock)
        yield House(
            settings=settings,
            database=database,
            keyring=keyring,
            timekeeper=timekeeper,
            library=library,
            desk=desk,
            scanned=scanned,
            photos=photos,
        )
    except DatabaseUnusable as error:
        raise Refusal(str(error)) from None
    finally:
        await photos.close()
        await database.close()


async def fit_or_refuse(settings: Settings) -> None:
    """Make the schema fit where that is ours to do; refuse in one sentence where it is not."""
    url = settings.effective_database_url
    embedded = url.startswith("sqlite")
    match await check(url):
        case Fit.FITS:
            return
        case Fit.EMPTY | Fit.BEHIND if embedded:
            await upgrade(url)
        case Fit.EMPTY | Fit.BEHIND:
            raise Refusal("The database has no tables of this version yet. Run: motcua db upgrade")
        case Fit.AHEAD:
            raise Refusal(
                "The database is newer than this version of motcua. "
                "Install the newer version, or name another database in MOTCUA_DATABASE_URL."
            )


def load_keyring(settings: Settings) -> Keyring:
    """The keys of the settings, or the one kept in the data folder, made on first use."""
    if settings.keys:
        return Keyring([key.get_secret_value().encode() for key in settings.keys])
    path = settings.data / KEY_FILE
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        key = _read_or_make(path)
    except OSError as error:
        raise Refusal(
            f"The data folder {settings.data} cannot be used ({error.strerror}). "
            "Make it writable, or name another in MOTCUA_DATA."
        ) from None
    return Keyring([key])


def start_logging(level: str = "warning", form: str = "text") -> None:
    """Log sentences with fields to standard error; tracebacks show no local values."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _read_or_make(path: Path) -> bytes:
    """Read the key; make it readable by its owner alone, and never twice at the same time."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    with os.fdopen(descriptor, "wb") as file:
        key = secrets.token_urlsafe(48).encode()
        file.write(key)
    return key
