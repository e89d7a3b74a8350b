"""Every sentence a citizen reads, as data: `<name>.<language>.toml`, read into a typed shape."""

import tomllib
from importlib.resources import files
from typing import TypeVar

from pydantic import TypeAdapter

from bot.messages import Language

Shape = TypeVar("Shape")


def load_wording(shape: type[Shape], name: str, language: Language) -> Shape:
    """Read the sentences of one language into the dataclass `shape`.

    Raises pydantic's ValidationError when a sentence is missing or (where `shape` forbids it)
    unknown, so a wording file that does not fit stops the start and not a conversation.
    """
    path = files("bot.wording") / f"{name}.{language.value}.toml"
    return TypeAdapter(shape).validate_python(tomllib.loads(path.read_text("utf-8")))
