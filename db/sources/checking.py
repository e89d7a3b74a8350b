"""Trying a source without keeping anything: does it answer, is everything there, is it fast."""

from dataclasses import dataclass

from db.sources.mapping_file import Source
from db.sources.reading import SourceReader
from db.sources.threads import in_thread
from db.sources.trouble import SourceTrouble


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """Why a source cannot be read (empty: it can), and what should be better."""

    trouble: str = ""
    notes: tuple[str, ...] = ()


async def check_source(source: Source) -> Findings:
    """Try the connection, every table and column, and whether changes can be found fast."""
    return await in_thread(lambda: _check(source))


def _check(source: Source) -> Findings:
    columns = ", ".join(source.mapping.cursor.columns)
    try:
        reader = SourceReader(source)
        try:
            reader.check()
            is_indexed = reader.is_indexed()
        finally:
            reader.close()
    except SourceTrouble as trouble:
        return Findings(trouble=str(trouble))
    if is_indexed is None:
        note = f"It reads a view: the table behind it needs an index that begins with {columns}."
        return Findings(notes=(note,))
    if not is_indexed:
        note = (
            f"Without an index that begins with {columns}, the server walks through the whole "
            "table at every look. Ask for one."
        )
        return Findings(notes=(note,))
    return Findings()
