"""Reading mapping files: every problem at once, named by key; the URL from its own file."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from db.sources.mapping import Mapping

_DRIVERS = {
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "postgresql": "postgresql+psycopg",
}

SHIPPED = ("epar", "opencps2")
"""The mappings that ship, by name."""


class MappingInvalid(Exception):  # noqa: N818 - the name says what is wrong
    """Problems of a mapping, one sentence each; no URL and no password in them."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Source:
    """A tracking database of others: how it is read, and where it is. Its repr shows no URL."""

    mapping: Mapping
    url: URL

    def __repr__(self) -> str:
        return f"Source({self.mapping.name})"

    @property
    def name(self) -> str:
        return self.mapping.name


def read_sources(folder: Path) -> tuple[Source, ...]:
    """Every mapping `*.toml` of a folder with its URL. Raises MappingInvalid with all problems."""
    sources: list[Source] = []
    problems: list[str] = []
    paths = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if not paths:
        problems.append(f"{folder} holds no mapping (*.toml). docs/sources.md shows one.")
    for path in paths:
        try:
            sources.append(read_source(path))
        except MappingInvalid as error:
            problems += error.problems
    names = [source.name for source in sources]
    problems += [
        f"{folder} holds two mappings with the name {name}. Name one of them differently."
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if problems:
        raise MappingInvalid(problems)
    return tuple(sources)


def read_source(path: Path) -> Source:
    """One mapping with its URL. Raises MappingInvalid."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise MappingInvalid(
            [f"{path} cannot be read. Make it a readable file in UTF-8."]
        ) from None
    mapping = parse_mapping(path.name, text)
    return Source(mapping, _url(path.parent / mapping.url_file, path.name))


def shipped_mapping(name: str) -> str:
    """The text of a mapping that ships."""
    return (files("db.sources") / "mappings" / f"{name}.toml").read_text("utf-8")


def parse_mapping(file: str, text: str) -> Mapping:
    """A mapping's text. Raises MappingInvalid with every problem, each with its key."""
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MappingInvalid([f"{file} is no TOML: {error}."]) from None
    except ValidationError as error:
        problems = [
            f"{file}, {_key(detail['loc'])}: {detail['msg'].removeprefix('Value error, ')}."
            for detail in error.errors(include_url=False, include_input=False)
        ]
        raise MappingInvalid(problems) from None


def _key(place: tuple[int | str, ...]) -> str:
    shown = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return shown.removeprefix(".") or "the file"


def _url(path: Path, file: str) -> URL:
    """The SQLAlchemy URL in a file, with the driver that we bring where it names none."""
    advice = "Write mysql://USER:PASSWORD@HOST/DATABASE?charset=utf8mb4 into it."
    try:
        url = make_url(path.read_text("utf-8").strip())
        backend = url.get_backend_name()
    except (OSError, UnicodeDecodeError):
        problem = f"{file}, url_file: {path} cannot be read. {advice}"
        raise MappingInvalid([problem]) from None
    except (ArgumentError, NoSuchModuleError):
        problem = f"{file}, url_file: {path} holds no database URL. {advice}"
        raise MappingInvalid([problem]) from None
    if "+" in url.drivername or backend not in _DRIVERS:
        return url
    return url.set(drivername=_DRIVERS[backend])
