"""The statements that read a source, built from a mapping's identifiers; no text of it is SQL."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.mysql import DATETIME

from db.sources.columns import list_columns
from db.sources.mapping import Mapping
from db.sources.marks import Mark, Reached
from db.sources.parts import Join, Place


class Query:
    """A table with its joins, and the columns of them that are read, labelled by number."""

    def __init__(self, name: str, joins: Iterable[Join], wanted: Iterable[str]) -> None:
        joins = tuple(joins)
        self.names = sorted(set(wanted))
        needed: dict[str, set[str]] = {part: set() for part in ("", *(one.name for one in joins))}
        on = [
            [(f"{join.name}.{theirs}", ours) for theirs, ours in join.on.items()] for join in joins
        ]
        for written in (*self.names, *(side for pairs in on for pair in pairs for side in pair)):
            part, _, bare = written.rpartition(".")
            needed[part].add(bare)
        tables = {"": name, **{join.name: join.table for join in joins}}
        self.tables = [(tables[part], frozenset(columns)) for part, columns in needed.items()]
        """Every table that is read, with the columns that it must have."""
        self._parts = {part: _aliased(tables[part], needed[part], part) for part in needed}
        self.source: FromClause = self._parts[""]
        for join, pairs in zip(joins, on, strict=True):
            terms = [self.column(theirs) == self.column(ours) for theirs, ours in pairs]
            self.source = self.source.outerjoin(self._parts[join.name], and_(*terms))

    def column(self, written: str) -> ColumnElement[Any]:
        """A column by the name that the mapping has for it."""
        part, _, bare = written.rpartition(".")
        return self._parts[part].c[bare]

    def select(self, *more: ColumnElement[Any]) -> Select[Any]:
        """Select the columns in the order of `names`, and `more` behind them."""
        shown = [self.column(name).label(f"c{place}") for place, name in enumerate(self.names)]
        others = [one.label(f"m{place}") for place, one in enumerate(more)]
        return select(*shown, *others).select_from(self.source)


class DossierQuery:
    """How a source's dossiers are read: all of them once, then those that changed."""

    def __init__(self, mapping: Mapping, dialect: str) -> None:
        self.query = Query(mapping.dossiers.table, mapping.dossiers.joins, mapping.own_columns)
        self._key = self.query.column(mapping.dossiers.key)
        self._marks = [self.query.column(name) for name in mapping.cursor.columns]
        self._greatest = func.max if dialect == "sqlite" else func.greatest
        self._is_mysql = dialect in {"mysql", "mariadb"}
        self._batch = mapping.batch

    def newest(self, ceiling: Mark | None = None) -> Select[Any]:
        """The newest mark of each cursor column, up to a ceiling."""
        latest = [
            func.max(one if ceiling is None else case((one <= ceiling, one))) for one in self._marks
        ]
        return select(*latest).select_from(self.query.source)

    def batch(self, reached: Reached) -> Select[Any]:
        """The next dossiers after a place; behind their columns, the key and the mark."""
        if reached.is_loading or reached.at is None:
            rows = self.query.select(self._key, null())
            if reached.key is not None:
                rows = rows.where(self._key > reached.key)
            return rows.order_by(self._key).limit(self._batch)
        mark = self._mark(reached.at)
        rows = self.query.select(self._key, mark).where(
            or_(*(one >= reached.at for one in self._marks))  # each term can use an index
        )
        if reached.key is not None:
            rows = rows.where(
                or_(mark > reached.at, and_(mark == reached.at, self._key > reached.key))
            )
        return rows.order_by(mark, self._key).limit(self._batch)

    def _mark(self, floor: Mark) -> ColumnElement[Any]:
        """The greatest of the marks; those below `floor` need no telling apart."""
        if len(self._marks) == 1:
            return self._marks[0]
        least: ColumnElement[Any] = literal(floor)
        if self._is_mysql and isinstance(floor, dt.datetime):
            least = cast(least, DATETIME(fsp=6))  # without it, the marks come back as texts
        return self._greatest(*(func.coalesce(one, least) for one in self._marks))


class ListQuery:
    """How the rows of lists that stand in one table are read for a batch of dossiers."""

    def __init__(self, lists: Sequence[tuple[str, Place]]) -> None:
        self.names = tuple(name for name, _ in lists)
        place = lists[0][1]
        assert place.table
        assert place.dossier
        wanted = set[str]().union(*(list_columns(one) for _, one in lists))
        self.query = Query(place.table, place.joins, wanted)
        self._dossier = self.query.column(place.dossier)
        self._order = self.query.column(place.order) if place.order else None

    def of(self, keys: Sequence[object]) -> Select[Any]:
        """The rows that belong to these dossiers; behind their columns, the dossier's key."""
        rows = self.query.select(self._dossier).where(self._dossier.in_(keys))
        return rows if self._order is None else rows.order_by(self._order)


def list_queries(mapping: Mapping) -> tuple[ListQuery, ...]:
    """One query for all lists that stand in the same table, joined and ordered in the same way."""
    alike: dict[object, list[tuple[str, Place]]] = {}
    for name, place in mapping.lists:
        if place.table:
            joins = tuple((one.table, one.name, *sorted(one.on.items())) for one in place.joins)
            key = (place.table, place.dossier, joins, place.order)
            alike.setdefault(key, []).append((name, place))
    return tuple(ListQuery(lists) for lists in alike.values())


def _aliased(name: str, columns: Iterable[str], alias: str) -> FromClause:
    schema, _, bare = name.rpartition(".")
    read = table(bare, *(column(one) for one in sorted(columns)), schema=schema or None)
    return read.alias(alias or "own")
