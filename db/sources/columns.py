"""Which columns of which tables a mapping needs: no others are read."""

from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from db.sources.parts import History, Join, Part, Place, Rule
from db.sources.values import OWN, Value


def names_in(part: object) -> Iterator[str]:
    """The columns that values and rules name, as they are written."""
    if isinstance(part, Value):
        yield from part.columns
    elif isinstance(part, Rule):
        yield from part.when
    elif isinstance(part, tuple):
        for one in part:
            yield from names_in(one)
    elif isinstance(part, BaseModel) and not isinstance(part, Join):
        for name in type(part).model_fields:
            yield from names_in(getattr(part, name))


def own_columns(parts: Iterable[Part]) -> set[str]:
    """The columns of the dossier's own row that `parts` name, lists among them."""
    found: set[str] = set()
    for part in parts:
        if not isinstance(part, Place):
            found.update(names_in(part))
        elif part.table:
            found.update(name for name in _names(part) if name.startswith(OWN))
        else:
            found.update((*_names(part), *([part.xml] if part.xml else [])))
    return {name.removeprefix(OWN) for name in found}


def list_columns(place: Place) -> set[str]:
    """The columns of a list's own table."""
    found = {name for name in _names(place) if not name.startswith(OWN)}
    return found | {name for name in (place.dossier, place.order) if name}


def strangers(names: Iterable[str], joins: tuple[Join, ...]) -> list[str]:
    """What is named `TABLE.COLUMN` although no such table is joined."""
    known = {join.name for join in joins}
    asked = {*names, *(ours for join in joins for ours in join.on.values())}
    return sorted(name for name in asked if "." in name and name.split(".")[0] not in known)


def _names(place: Place) -> set[str]:
    found = set(names_in(place))
    if isinstance(place, History) and place.word:
        found.discard("word")
    return found
