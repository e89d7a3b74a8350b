"""Old names of places and the units they belong to since 1 July 2025.

The table of the merger ships with underthesea (from vietnamadminunits); nothing of it is ours.
People leave out what they take for granted ("xã Đăk Hà", "huyện Tu Mơ Rông", "Kon Tum"), so the
names are looked for in their sentence, accents or not, inside one province of today.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from knowledge.text import fold

_KINDS = "xa|phuong|thi tran|tt|thi xa|tx|huyen|quan|thanh pho|tp|tinh"
_TITLE = re.compile(rf"^(?:{_KINDS})\s+")
_TITLES = {
    **{kind: kind for kind in _KINDS.split("|")},
    "tt": "thi tran",
    "tx": "thi xa",
    "tp": "thanh pho",
    "h": "huyen",
    "p": "phuong",
    "x": "xa",
}
_WORD = re.compile(r"[a-z0-9]+")
_LONGEST_NAME = 5  # words, without the title


class Rank(StrEnum):
    """What the old name stood for."""

    WARD = "ward"
    DISTRICT = "district"
    PROVINCE = "province"


@dataclass(frozen=True, kw_only=True, slots=True)
class OldPlace:
    """A unit that ended or changed, and what it is part of today.

    `now` has one unit or several: a district of old became several communes, and a ward that was
    divided lies in several; then only the person can say which.
    """

    name: str
    rank: Rank
    within: str
    now: tuple[str, ...]
    province: str
    is_also_new: bool = False
    """A unit of today bears the same name, and only more words tell which is meant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """The old places that a text names, and the text without their names."""

    places: tuple[OldPlace, ...]
    rest: str


class Gazetteer:
    """The old names of one province of today. Immutable."""

    def __init__(self, places: Iterable[OldPlace]) -> None:
        self._by_name: dict[str, list[OldPlace]] = defaultdict(list)
        for place in places:
            self._by_name[_TITLE.sub("", _key(place.name))].append(place)

    def __len__(self) -> int:
        return sum(map(len, self._by_name.values()))

    def find(self, text: str) -> Named:
        """Old places that a text names by title and name; the narrowest where one holds another.

        A name alone is no place ("Lê Lợi" is a street as well): the title decides, except for
        districts and the province, whose names people say bare. Several places of one name are
        all given, unless the text names the district that tells them apart.
        """
        key = _key(text)
        spans = [(found.start(), found.end()) for found in _WORD.finditer(key)]
        said = [key[start:end] for start, end in spans]
        found: list[OldPlace] = []
        rest: list[str] = []
        place = told = 0
        while place < len(said):
            title, start = _title_at(said, place)
            length, here = self._longest_at(said, start, title)
            if here:
                found.extend(here)
                rest.append(text[told : spans[place][0]])
                place = start + length
                told = spans[place - 1][1]
            else:
                place += 1
        rest.append(text[told:])
        return Named(places=_narrowed(found), rest=" ".join(" ".join(rest).split()))

    def _longest_at(self, said: list[str], start: int, title: str) -> tuple[int, list[OldPlace]]:
        for length in range(min(_LONGEST_NAME, len(said) - start), 0, -1):
            named = self._by_name.get(" ".join(said[start : start + length]), ())
            here = [one for one in named if _fits(one, title, length)]
            if here:
                widest = [one for one in here if one.rank is Rank.PROVINCE]
                return length, here if title else widest or here
        return 0, []


@cache
def gazetteer_of(province: str) -> Gazetteer:
    """The old places of a province of today, by its short name: "Quảng Ngãi". Empty if unknown."""
    rows = _rows(_key(province))
    wards: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    districts: dict[tuple[str, str], list[str]] = defaultdict(list)
    provinces: dict[str, list[str]] = defaultdict(list)
    today = ""
    for row in rows:
        today = row["new_province"]
        wards[row["old_ward"], row["old_district"], row["old_province"]].append(row["new_ward"])
        districts[row["old_district"], row["old_province"]].append(row["new_ward"])
        provinces[row["old_province"]].append(row["new_ward"])
    units_of_today = {row["new_ward"] for row in rows}
    places = [
        OldPlace(
            name=name,
            is_also_new=name in units_of_today,
            rank=Rank.WARD,
            within=f"{district}, {old}",
            now=tuple(dict.fromkeys(now)),
            province=today,
        )
        for (name, district, old), now in wards.items()
        if set(now) != {name}
    ]
    places += [
        OldPlace(
            name=name, rank=Rank.DISTRICT, within=old, now=tuple(dict.fromkeys(now)), province=today
        )
        for (name, old), now in districts.items()
    ]
    places += [
        OldPlace(
            name=name, rank=Rank.PROVINCE, within="", now=tuple(dict.fromkeys(now)), province=today
        )
        for name, now in provinces.items()
        if name != today
    ]
    return Gazetteer(places)


@cache
def _table() -> Mapping[str, list[dict[str, str]]]:
    by_province: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in json.loads(_file().read_text("utf-8"))["ward_mapping"]:
        by_province[_TITLE.sub("", _key(row["new_province"]))].append(row)
    return by_province


def _file() -> Path:
    """The table inside underthesea, found without importing it: its models take 80 MB."""
    found = find_spec("underthesea")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("underthesea is not installed. Run: make setup")
    return Path(found.submodule_search_locations[0]) / "address" / "data" / "mapping.json"


def _rows(province: str) -> list[dict[str, str]]:
    return _table().get(_TITLE.sub("", province), [])


def _key(text: str) -> str:
    """Folded, letter for letter, so that places in it are places in the text."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded
    return "".join(fold(letter) if len(fold(letter)) == 1 else "?" for letter in text)


def _title_at(said: list[str], place: int) -> tuple[str, int]:
    for length in (2, 1):
        title = " ".join(said[place : place + length])
        if title in _TITLES:
            return _TITLES[title], place + length
    return "", place


def _fits(place: OldPlace, title: str, words: int) -> bool:
    if title:
        return _key(place.name).startswith(f"{title} ")
    return place.rank is not Rank.WARD and words > 1


def _narrowed(found: list[OldPlace]) -> tuple[OldPlace, ...]:
    """Without places that hold another found one, and without namesakes elsewhere."""
    unique = list(dict.fromkeys(found))
    holders = [one for one in unique if one.rank is not Rank.WARD]
    wards = [one for one in unique if one.rank is Rank.WARD]
    inside = [
        ward for ward in wards if any(holder.name in ward.within.split(", ") for holder in holders)
    ]
    if inside:
        named = {ward.name for ward in inside}
        wards = [ward for ward in wards if ward in inside or ward.name not in named]
    held = {part for one in wards for part in one.within.split(", ")}
    held |= {one.within for one in holders if one.rank is Rank.DISTRICT}
    return tuple(wards + [one for one in holders if one.name not in held])
