"""`motcua ask`, `motcua chat`, `motcua evaluate`."""

import asyncio
import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
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
from knowledge.learning import learn
from knowledge.matcher import LexicalMatcher, Match
from knowledge.ranking import nothing_learned, weights_to
from knowledge.teaching import cross_validated, lesson_of, lessons_beside, topics
from knowledge.text import clean

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


def learn_weights(
    files: Annotated[list[Path], typer.Argument(help="Labelled questions, as for evaluate.")],
    to: Annotated[Path, typer.Option(help="File to write the weights to.")] = Path("weights.json"),
) -> None:
    """Learn the matcher's weights anew, and print how good they are on questions not learned."""
    weights = run(_learn(files))
    try:
        to.write_text(f"{weights}\n", "utf-8")
    except OSError as error:
        err.print(f"{to} cannot be written ({error.strerror}). Name another file.", style="red")
        raise typer.Exit(1) from None
    out.print(f"The weights are in {to}.")


async def _evaluate(file: Path, *, as_json: bool, worst: int) -> None:
    questions = [_question(number, row, file) for number, row in _rows(file)]
    async with open_house(read_settings()) as house:
        pairs = await _judge(house, questions)
    kinds = by_kind(pairs)
    if as_json:
        _print_line({kind: dataclasses.asdict(figures) for kind, figures in kinds.items()})
        return
    _print_figures(f"{file.name}: {len(questions)} questions", kinds)
    _print_worst(pairs, worst)


async def _learn(files: Sequence[Path]) -> str:
    questions = [
        _question(number, row, file)
        for place, file in enumerate(files)
        for number, row in _rows(file)
        for row in [{**row, "conversation": _apart(place, row.get("conversation"))}]
    ]
    async with (
        open_house(read_settings(), answers=False) as house,
        house.database.unit() as unit,
    ):
        revision = await unit.knowledge.load(await unit.knowledge.current_number())
    matcher = LexicalMatcher(revision.current, weights=nothing_learned())
    lessons, unseen = [], []
    with progress("Questions", len(questions)) as done:
        for question, topic in zip(questions, topics(questions), strict=True):
            lesson = lesson_of(matcher, question, topic)
            if lesson is not None:
                lessons.append(lesson)
                unseen.append((question, topic, lesson))
            done(len(lessons))
    beside = lessons_beside(revision.current, questions)
    pairs = [
        (question, _verdict(matcher.decide(matcher.look(clean(question.question), topic), fold)))
        for fold, question, topic in cross_validated(unseen, beside)
    ]
    title = f"{len(pairs)} questions, each by weights learned without it"
    _print_figures(title, by_kind(pairs))
    return json.dumps(weights_to(learn([*lessons, *beside])), indent=1)


def _apart(place: int, conversation: object) -> object:
    """Conversations of two files may bear one name."""
    return f"{place} {conversation}" if conversation else conversation


def _verdict(match: Match) -> Verdict:
    codes = tuple(candidate.code for candidate in match.candidates)
    facet = match.facets[0].value if match.facets else ""
    return Verdict(outcome=match.outcome.value, codes=codes, facet=facet)


def _print_figures(title: str, kinds: Mapping[str, Figures]) -> None:
    names = [field.name for field in dataclasses.fields(Figures)]
    rows = [[name, *(_shown(name, figures) for figures in kinds.values())] for name in names]
    table(title, ["", *kinds], rows)


def _print_worst(pairs: Sequence[tuple[Question, Verdict]], worst: int) -> None:
    """What was taken for what: outright wrong answers first, then the rest."""
    wrong = [
        (question, verdict)
        for question, verdict in pairs
        if question.codes and not set(question.codes) & set(verdict.codes[:1])
    ]
    wrong.sort(key=lambda pair: (pair[1].outcome != "answer", pair[1].outcome != "unknown"))
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
