"""Reading a source: a connection that may only read, its columns checked, batch after batch."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, Row
from sqlalchemy.pool import NullPool, QueuePool

from db.records import NewDossier
from db.sources.mapping import Mapping
from db.sources.mapping_file import Source
from db.sources.marks import Mark, Reached, is_after, like, mark_of
from db.sources.pieces import Skipped
from db.sources.rows import Raw, read_dossier
from db.sources.statements import DossierQuery, ListQuery, Query, list_queries
from db.sources.trouble import Failures, SourceTrouble, trouble_of
from db.sources.values import Unreadable


def _moment(told: str) -> dt.datetime | str:
    """What MySQL writes for a moment; a zero date stays text."""
    try:
        return dt.datetime.fromisoformat(told)
    except ValueError:
        return told


_CONVERSIONS = {**conversions, FIELD_TYPE.DATETIME: _moment, FIELD_TYPE.TIMESTAMP: _moment}
"""PyMySQL's, with a reader of moments that is ten times as fast."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A row that could not be read: its key in the source, and why. Nothing personal."""

    key: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Dossiers with their keys in the source, how far they reach, and whether that is all.

    `rows`: how many were read, those that are no use to us among them. `trusted`: the last
    place that does not lie in the future; None where the batch has none.
    """

    found: tuple[tuple[str, NewDossier], ...]
    reached: Reached
    trusted: Reached | None
    rows: int
    is_last: bool
    unread: tuple[Unread, ...] = ()


class SourceReader:
    """Reads one source with its driver, blocking: to be used in a thread."""

    def __init__(self, source: Source) -> None:
        self._mapping = source.mapping
        try:
            self._engine = _engine(source.url, source.mapping)
        except Failures as error:
            raise trouble_of(error) from None
        self._dossiers = DossierQuery(source.mapping, self._engine.dialect.name)
        self._lists = list_queries(source.mapping)

    @property
    def columns(self) -> tuple[str, ...]:
        """What the place that was reached is about."""
        mapping = self._mapping
        return (mapping.dossiers.table, mapping.dossiers.key, *mapping.cursor.columns)

    def close(self) -> None:
        """Close what is open."""
        self._engine.dispose()

    def check(self) -> None:
        """Try the connection and every table and column. Raises SourceTrouble that names them."""
        missing: list[str] = []
        with self._connection() as connection:
            for query in (self._dossiers.query, *(one.query for one in self._lists)):
                missing += _missing(connection, query)
        if missing:
            raise SourceTrouble(" ".join(dict.fromkeys(missing)))

    def is_indexed(self) -> bool | None:
        """Whether every cursor column begins an index; None where that cannot be told (a view)."""
        table, columns = self._mapping.dossiers.table, self._mapping.cursor.columns
        schema, _, bare = table.rpartition(".")
        with self._connection() as connection:
            inspector = inspect(connection)
            if bare not in inspector.get_table_names(schema or None):
                return None
            first = {
                (index["column_names"] or [None])[0]
                for index in inspector.get_indexes(bare, schema or None)
            } | set(inspector.get_pk_constraint(bare, schema or None)["constrained_columns"][:1])
            return all(column in first for column in columns)

    def newest(self, ceiling: dt.datetime) -> Mark | None:
        """The newest mark of all up to a moment: where changes begin after a first load."""
        with self._connection() as connection:
            marks = self._marks(connection, None)
            ahead = next((mark for mark in marks if is_after(mark, ceiling)), None)
            if ahead is not None:
                marks = self._marks(connection, like(ahead, ceiling))
        return max(marks, default=None)

    def _marks(self, connection: Connection, ceiling: Mark | None) -> list[Any]:
        found = connection.execute(self._dossiers.newest(ceiling)).one()
        return [mark for mark in map(_mark, found) if mark is not None]

    def read(self, reached: Reached, ceiling: dt.datetime) -> Batch:
        """The next dossiers with everything that belongs to them, of one moment.

        Marks behind the `ceiling` (in the zone of the source) are not trusted.
        """
        with self._connection() as connection:
            rows = connection.execute(self._dossiers.batch(reached)).all()
            owns = [_named(self._dossiers.query, row) for row in rows]
            keys = [row[-2] for row in rows]
            lists: dict[str, dict[str, list[dict[str, object]]]] = {}
            for one in self._lists:
                lists |= dict.fromkeys(one.names, _grouped(connection, one, keys))
        found, unread = self._understood(keys, owns, lists)
        trusted: Reached | None = None
        for row in rows:
            at = _mark(row[-1])
            reached = reached.at_row(at, _key(row[-2]))
            if at is None or not is_after(at, ceiling):
                trusted = reached
        return Batch(
            found=found,
            reached=reached,
            trusted=trusted,
            rows=len(rows),
            is_last=len(rows) < self._mapping.batch,
            unread=unread,
        )

    def _understood(
        self,
        keys: list[Any],
        owns: list[dict[str, object]],
        lists: dict[str, dict[str, list[dict[str, object]]]],
    ) -> tuple[tuple[tuple[str, NewDossier], ...], tuple[Unread, ...]]:
        """What could be read; of two rows with one code, the later one."""
        found: dict[str, tuple[str, NewDossier]] = {}
        unread: list[Unread] = []
        for key, own in zip(keys, owns, strict=True):
            raw = Raw(own=own, lists={name: held.get(str(key), []) for name, held in lists.items()})
            try:
                new, reasons = read_dossier(raw, self._mapping)
            except Skipped:
                continue
            except Unreadable as reason:
                unread.append(Unread(key=str(key), reason=str(reason)))
                continue
            unread += [Unread(key=str(key), reason=reason) for reason in reasons]
            earlier = found.pop(new.dossier.code, None)
            if earlier:
                unread.append(Unread(key=earlier[0], reason="another row has its code"))
            found[new.dossier.code] = (str(key), new)
        return tuple(found.values()), tuple(unread)

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """One connection, one transaction that sees one moment; errors become SourceTrouble."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except Failures as error:
            raise trouble_of(error) from None


def _engine(url: URL, mapping: Mapping) -> Engine:
    """An engine whose sessions refuse to write and give up in time, where the server can."""
    connect, statement = mapping.connect_seconds, mapping.statement_seconds
    backend = url.get_backend_name()
    arguments: dict[str, object] = {}
    if backend in {"mysql", "mariadb"}:
        # The server is asked to stop first; the socket's time-out is for one that does not answer.
        limits = {"read_timeout": statement + 2, "write_timeout": statement + 2}
        arguments = {"connect_timeout": connect, "conv": _CONVERSIONS, **limits}
    elif backend == "postgresql":
        told = f"-c default_transaction_read_only=on -c statement_timeout={statement * 1000}"
        arguments = {"connect_timeout": connect, "options": told}
    if backend == "sqlite":  # its connections stay in the thread that opened them
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    else:
        engine = create_engine(
            url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=connect,
            hide_parameters=True, connect_args=arguments, isolation_level="REPEATABLE READ",
        )  # fmt: skip
    if backend in {"mysql", "mariadb"}:
        event.listen(engine, "connect", lambda raw, _: _set_up_mysql(raw, statement))
    elif backend == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only=ON"))
    return engine


def _set_up_mysql(raw: Any, seconds: int) -> None:
    with raw.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
        if "MariaDB" in raw.get_server_info():
            cursor.execute("SET SESSION max_statement_time = %s", (seconds,))
        else:
            cursor.execute("SET SESSION max_execution_time = %s", (seconds * 1000,))


def _missing(connection: Connection, query: Query) -> list[str]:
    told = []
    for table, columns in query.tables:
        there = _columns(connection, table)
        if not there:
            told.append(f"The table {table} is not there, or the user may not read it.")
            continue
        absent = sorted(name for name in columns if name.lower() not in there)
        told += [f"The table {table} has no column {name}." for name in absent]
    return told


def _columns(connection: Connection, table: str) -> set[str]:
    """The columns of a table or view that the user may read, in lower case."""
    schema, _, bare = table.rpartition(".")
    if connection.dialect.name in {"mysql", "mariadb"}:
        # Not by reflection: that needs more than SELECT on a view.
        query = text(
            "SELECT column_name FROM information_schema.columns WHERE table_name = :table "
            "AND table_schema = COALESCE(NULLIF(:schema, ''), DATABASE())"
        )
        found = connection.scalars(query, {"table": bare, "schema": schema})
        return {str(name).lower() for name in found}
    inspector = inspect(connection)
    if not inspector.has_table(bare, schema or None):
        return set()
    return {column["name"].lower() for column in inspector.get_columns(bare, schema or None)}


def _grouped(
    connection: Connection, one: ListQuery, keys: list[Any]
) -> dict[str, list[dict[str, object]]]:
    grouped: dict[str, list[dict[str, object]]] = {}
    for row in connection.execute(one.of(keys)) if keys else ():
        grouped.setdefault(str(row[-1]), []).append(_named(one.query, row))
    return grouped


def _named(query: Query, row: Row[Any]) -> dict[str, object]:
    return dict(zip(query.names, row, strict=False))


def _mark(raw: object) -> Mark | None:
    try:
        return mark_of(raw)
    except (TypeError, ValueError):
        raise SourceTrouble(
            "A cursor column holds neither moments nor whole numbers. Name another."
        ) from None


def _key(raw: object) -> int | str:
    return raw if isinstance(raw, int) else str(raw)
