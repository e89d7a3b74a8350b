"""`motcua catalogue`: import, lint, diff, export, template."""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.screen import err, out, progress, run, table
from bot.errors import Refusal
from bot.publishing import Draft, current_revision, draft_from_files, publish
from bot.settings import read_settings
from bot.wiring import clock, open_house
from knowledge.linting import lint as lint_procedures
from knowledge.problems import Problem, Severity
from knowledge.reading.sniff import Format
from knowledge.writing.template import blank_template, write_csv, write_xlsx

app = typer.Typer(help="The catalogue: read, check, compare, publish, write.", no_args_is_help=True)

_SHOWN = 20

Files = Annotated[list[Path], typer.Argument(help="Files to read, in this order.")]
Form = Annotated[
    Format | None,
    typer.Option("--format", help="What the files are; without it, their content tells."),
]
Whole = Annotated[
    bool,
    typer.Option("--whole", help="The files are the whole catalogue: what they lack is abolished."),
]
All = Annotated[bool, typer.Option("--all", help="List every problem, not only the first ones.")]


@app.command("import")
def import_files(
    files: Files,
    form: Form = None,
    whole: Whole = False,
    publish_it: Annotated[
        bool, typer.Option("--publish", help="Make it the next revision.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing, even with --publish.")
    ] = False,
    every: All = False,
) -> None:
    """Read files, merge them into the catalogue, check and compare; with --publish, publish.

    Exit code 1 and nothing changed when a file is not valid.
    """
    run(_import(files, form, whole=whole, publish_it=publish_it and not dry_run, every=every))


@app.command()
def lint(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files to check; none: what is published.")
    ] = None,
    form: Form = None,
    every: All = False,
) -> None:
    """Check the quality of the published catalogue, or of files before they are imported."""
    run(_lint(files or [], form, every=every))


@app.command()
def diff(files: Files, form: Form = None, whole: Whole = False) -> None:
    """Show what publishing these files would change."""
    run(_diff(files, form, whole=whole))


@app.command()
def export(
    to: Annotated[Path, typer.Argument(help="File to write: .xlsx or .csv.")],
    code: Annotated[
        list[str] | None, typer.Option(help="Only these procedures; may be repeated.")
    ] = None,
) -> None:
    """Write the published catalogue as our spreadsheet template."""
    run(_export(to, code or []))


@app.command()
def template(to: Annotated[Path, typer.Argument(help="XLSX file to write.")]) -> None:
    """Write an empty spreadsheet template with its instructions."""
    _write(to, blank_template())


async def _import(
    files: list[Path], form: Format | None, *, whole: bool, publish_it: bool, every: bool
) -> None:
    async with open_house(read_settings(), answers=False) as house:
        with progress("Procedures read") as done:
            draft = await draft_from_files(
                house.database,
                files,
                today=clock().date(),
                form=form,
                whole=whole,
                progress=done,
            )
        _print_problems(draft.problems, every=every)
        _print_changes(draft)
        if not draft.is_publishable:
            raise Refusal("Nothing was changed: correct the errors above and import again.")
        if not publish_it:
            out.print("Nothing was changed: this was a look ahead. Add --publish to publish it.")
            return
        names = ", ".join(path.name for path in files)
        number = await publish(
            house.database, draft, now=clock(), by="cli", note=f"Import of {names}"
        )
        state = "published" if number != draft.base else "already current: nothing changed"
        out.print(f"Revision {number} {state}.")


async def _lint(files: list[Path], form: Format | None, *, every: bool) -> None:
    async with open_house(read_settings(), answers=False) as house:
        if files:
            draft = await draft_from_files(house.database, files, today=clock().date(), form=form)
            problems = draft.problems
        else:
            revision = await current_revision(house.database)
            problems = tuple(lint_procedures(revision, today=clock().date()))
    _print_problems(problems, every=every)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise typer.Exit(1)


async def _diff(files: list[Path], form: Format | None, *, whole: bool) -> None:
    async with open_house(read_settings(), answers=False) as house:
        draft = await draft_from_files(
            house.database, files, today=clock().date(), form=form, whole=whole
        )
    for code in draft.changes.new:
        out.print(f"+ {code}  {draft.procedures[code].title}")
    for change in draft.changes.changed:
        out.print(f"~ {change.code}  {', '.join(change.fields)}")
    for code in draft.changes.abolished:
        out.print(f"- {code}  {draft.procedures[code].title}")
    _print_changes(draft)


async def _export(to: Path, codes: list[str]) -> None:
    async with open_house(read_settings(), answers=False) as house:
        procedures = (await current_revision(house.database)).current
    missing = sorted(set(codes) - {procedure.code for procedure in procedures})
    if missing:
        raise Refusal(f"The catalogue has no procedure {', '.join(missing)}.")
    chosen = [procedure for procedure in procedures if not codes or procedure.code in codes]
    match to.suffix.lower():
        case ".xlsx":
            _write(to, write_xlsx(chosen))
        case ".csv":
            _write(to, write_csv(chosen))
        case other:
            raise Refusal(f"{to} ends in {other or 'nothing'}. Name a file in .xlsx or .csv.")
    out.print(f"{len(chosen)} procedures written to {to}.")


def _write(to: Path, data: bytes) -> None:
    try:
        to.write_bytes(data)
    except OSError as error:
        err.print(f"{to} cannot be written ({error.strerror}).", style="red")
        raise typer.Exit(1) from None


def _print_problems(problems: tuple[Problem, ...], *, every: bool) -> None:
    if not problems:
        out.print("No problems found.")
        return
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    warnings = [problem for problem in problems if problem.severity is Severity.WARNING]
    for problem in errors if every else errors[:_SHOWN]:
        err.print(f"error: {problem}", style="red")
    for problem in warnings if every else ():
        sys.stdout.write(f"warning: {problem}\n")
    counted = Counter((problem.severity.value, problem.rule) for problem in problems)
    rows = [(rule, severity, count) for (severity, rule), count in counted.most_common()]
    table("Problems", ["rule", "severity", "count"], rows)
    if not every:
        out.print("Add --all to list each of them.")


def _print_changes(draft: Draft) -> None:
    changes = draft.changes
    out.print(
        f"{len(changes.new)} new, {len(changes.changed)} changed, "
        f"{len(changes.abolished)} abolished, {changes.unchanged} unchanged "
        f"(against revision {draft.base})."
    )
