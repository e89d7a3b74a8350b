"""How commands speak: tables and sentences on standard output, refusals on standard error."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.errors import Refusal

Result = TypeVar("Result")

out = Console(soft_wrap=True, highlight=False, markup=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's work; a refusal is one sentence a line and exit code 1."""
    try:
        return asyncio.run(work)
    except Refusal as refusal:
        err.print(str(refusal), style="red")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; the first column is text, the others are aligned to the right."""
    drawn = Table(title=title or None, title_justify="left")
    for position, column in enumerate(columns):
        drawn.add_column(
            column, justify="left" if position == 0 else "right", no_wrap=position == 0
        )
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    out.print(drawn)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error; the yielded function sets how much is done."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=False) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)
        bar.update(task, total=bar.tasks[0].completed)
