"""Conversations as tables: each file is one, a citizen's words and what the reply must hold."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.channels.plain import render_plain
from db.records import Status
from tests.fakes.dossiers import lans_dossier
from tests.fakes.talking import Talk

_FILES = sorted(Path(__file__).parent.glob("*.toml"))


@pytest.mark.parametrize("file", _FILES, ids=lambda file: file.stem)
def test_the_conversation_goes_as_written(file: Path) -> None:
    script = tomllib.loads(file.read_text("utf-8"))
    status = Status(script.get("status", Status.IN_PROGRESS.value))
    talk = Talk(dossiers=[lans_dossier(status)])
    for number, line in enumerate(script["turn"], 1):
        turn = talk.say(line["says"])
        text = render_plain(turn.reply)
        where = f"{file.stem}, turn {number} ({line['says']!r}):\n{text}"
        assert turn.outcome.value == line["outcome"], where
        _check(line, text, where)
        assert turn.reply.exits, where


def _check(line: dict[str, Any], text: str, where: str) -> None:
    for part in line.get("holds", []):
        assert part in text, f"{part!r} is missing in {where}"
    for part in line.get("lacks", []):
        assert part not in text, f"{part!r} stands in {where}"
    if "choices" in line:
        shown = [
            text_line[3:]
            for text_line in text.splitlines()
            if text_line[:3].rstrip(". ").isdigit() and text_line[1:3] == ". "
        ]
        assert shown == line["choices"], where


def test_there_are_conversations_to_follow() -> None:
    assert len(_FILES) >= 8
