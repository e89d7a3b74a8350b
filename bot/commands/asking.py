"""`motcua ask`, `motcua chat`, `motcua evaluate`."""

import asyncio
import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from bot.asking import Asked, Interview, answer_all, to_answered
from bot.channels.plain import render_plain
from bot.commands.screen import err, out, progress, run, table
from bot.errors import Refusal
from bot.settings import read_settings
from bot.wiring import House, clock, open_house
from knowledge.evaluation import Figures, Question, Verdict, by_kind

_questions = TypeAdapter(Question)


def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(help="Questions, one JSON object a line: id, question, conversation."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line instead of text.")
    ] = False,
) -> None:
    """Ask one question as a citizen would, or every question of a file."""
    if (question is None) == (file is None):
        err.print('Give a question in quotes, or --file QUESTIONS.jsonl: motcua ask "…"')
        raise typer.Exit(1)
    run(_ask_one(question, as_json=as_json) if question is not None else _ask_file(file, as_json))


def chat() -> None:
    """Talk with the desk on the terminal; nothing is kept. Ctrl-D ends."""
    run(_chat())


def evaluate(
    questions: Annotated[Path, typer.Argument(help="Labelled questions, one JSON object a line.")],
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
    worst: Annotated[int, typer.Option(help="How many wrong answers to list.")] = 0,
) -> None:
    """Print the table of figures for a question set, overall and by kind."""
    run(_evaluate(questions, as_json=as_json, worst=worst))


async def _ask_one(question: str, *, as_json: bool) -> None:
    async with open_house(read_settings()) as house:
        turn = await Interview(house.database, house.library, clock).say(question)
    if as_json:
        _print_line(dataclasses.asdict(to_answered("", turn)))
    else:
        out.print(render_plain(turn.reply))


async def _ask_file(file: Path | None, as_json: bool) -> None:
    rows = list(_rows(file or Path()))
    asked = [
        Asked(
            id=str(row.get("id", number)),
            question=str(row["question"]),
            conversation=str(row["conversation"]) if row.get("conversation") is not None else None,
        )
        for number, row in rows
    ]
    async with open_house(read_settings()) as house:
        async for answered in answer_all(asked, house.database, house.library, clock):
            if as_json:
                _print_line(dataclasses.asdict(answered))
            else:
                out.print(f"[{answered.id}] {answered.outcome}\n{answered.text}\n")


async def _chat() -> None:
    async with open_house(read_settings()) as house:
        interview = Interview(house.database, house.library, clock)
        turn = await interview.say("xin chào")
        while True:
            out.print(f"\n{render_plain(turn.reply)}\n")
            try:
                said = await asyncio.to_thread(input, "> ")
            except EOFError:
                return
            turn = await interview.say(said)


async def _evaluate(file: Path, *, as_json: bool, worst: int) -> None:
    questions = [_question(number, row, file) for number, row in _rows(file)]
    async with open_house(read_settings()) as house:
        pairs = await _judge(house, questions)
    kinds = by_kind(pairs)
    if as_json:
        _print_line({kind: dataclasses.asdict(figures) for kind, figures in kinds.items()})
        return
    names = [field.name for field in dataclasses.fields(Figures)]
    rows = [[name, *(_shown(name, figures) for figures in kinds.values())] for name in names]
    table(f"{file.name}: {len(questions)} questions", ["", *kinds], rows)
    wrong = [
        (question, verdict)
        for question, verdict in pairs
        if question.codes and not set(question.codes) & set(verdict.codes[:1])
    ]
    for question, verdict in wrong[:worst]:
        out.print(f"{verdict.outcome}: {question.question}")
        out.print(f"    wanted {', '.join(question.codes)}; got {', '.join(verdict.codes[:3])}")


async def _judge(house: House, questions: list[Question]) -> list[tuple[Question, Verdict]]:
    asked = [
        Asked(id=question.id, question=question.question, conversation=question.conversation)
        for question in questions
    ]
    pairs = []
    with progress("Questions", len(asked)) as done:
        answers = answer_all(asked, house.database, house.library, clock)
        for question in questions:
            answered = await anext(answers)
            verdict = Verdict(outcome=answered.outcome, codes=answered.codes, facet=answered.facet)
            pairs.append((question, verdict))
            done(len(pairs))
    return pairs


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = file.read_text("utf-8-sig", errors="surrogatepass")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{file} cannot be read as UTF-8 text ({error}).") from None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise Refusal(
                f"{file}, line {number}: not a JSON object ({error.msg}). Write one object a line."
            ) from None
        except (ValueError, RecursionError):
            raise Refusal(f"{file}, line {number}: JSON that cannot be read.") from None
        if not isinstance(row, dict) or not isinstance(row.get("question"), str):
            raise Refusal(f'{file}, line {number}: has no "question" text. Add it.')
        yield number, row


def _question(number: int, row: dict[str, Any], file: Path) -> Question:
    try:
        return _questions.validate_python(row)
    except ValidationError as error:
        fields = ", ".join(str(detail["loc"][0]) for detail in error.errors())
        raise Refusal(f"{file}, line {number}: cannot be used for figures: {fields}.") from None


def _shown(name: str, figures: Figures) -> str:
    value = getattr(figures, name)
    if value is None:
        return "–"
    return str(value) if name == "questions" else f"{value:.3f}"


def _print_line(value: object) -> None:
    line = json.dumps(value, ensure_ascii=False)
    try:
        line.encode("utf-8")
    except UnicodeEncodeError:  # an id may hold a lone surrogate: written as \\ud800
        line = json.dumps(value)
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
