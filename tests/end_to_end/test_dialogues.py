"""The same conversations everywhere: each file of tests/dialogues by real processes."""

import asyncio
import os
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.end_to_end.rounds import (
    OF_THE_DAY,
    SCRIPTS,
    Exchange,
    Played,
    Script,
    play,
    prepare,
    scripts,
    without_day,
)
from tests.end_to_end.stages import Open, open_telegram, open_web, zalo

RENEW = "RENEW_SHOWN"
"""Environment variable: set it to write what is shown anew instead of comparing."""

_STAGES: Mapping[str, tuple[Open, tuple[bool, ...]]] = {
    "webchat": (open_web, (False, True)),
    "telegram": (open_telegram, (False, True)),
    "zalo": (zalo(buttons=False), (False,)),
    "zalo_buttons": (zalo(buttons=True), (True,)),
}
_SHOWN = ("a_whole_visit",)
_WAYS_OUT = re.compile(r"\[(.+ · .+)\]")

Went = Mapping[str, list[Played] | BaseException]
_WAYS = [(name, presses) for name, (_, modes) in _STAGES.items() for presses in modes]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Went:
    """Every file on every channel, typed and pressed: four processes beside each other."""

    async def play_all() -> dict[str, list[Played] | BaseException]:
        folders = {name: tmp_path_factory.mktemp(name) for name in _STAGES}
        for folder in folders.values():
            await prepare(folder)
        went = await asyncio.gather(
            *(play(folders[name], opens, modes) for name, (opens, modes) in _STAGES.items()),
            return_exceptions=True,  # a channel that fails leaves the others to go on
        )
        return dict(zip(_STAGES, went, strict=True))

    return asyncio.run(play_all())


@pytest.mark.parametrize(
    "way", _WAYS, ids=[f"{name}-{'pressed' if presses else 'typed'}" for name, presses in _WAYS]
)
@pytest.mark.parametrize("script", scripts(), ids=lambda script: script.name)
def test_the_conversation_goes_as_written(
    played: Went, script: Script, way: tuple[str, bool]
) -> None:
    stage, presses = way
    one = _find(played, stage, script.name, presses=presses)
    assert one.outcomes == [line["outcome"] for line in script.lines], one.shown
    for line, exchange in zip(script.lines, one.exchanges, strict=True):
        _check(line, exchange)


@pytest.mark.parametrize("stage", _STAGES)
@pytest.mark.parametrize("name", _SHOWN)
def test_a_person_sees_what_is_written_down(played: Went, name: str, stage: str) -> None:
    presses = _STAGES[stage][1][-1]
    shown = _find(played, stage, name, presses=presses).shown
    file = SCRIPTS / "shown" / f"{name}.{stage}.txt"
    if RENEW in os.environ:
        file.parent.mkdir(exist_ok=True)
        file.write_text(shown, "utf-8")
    written = file.read_text("utf-8") if file.exists() else ""
    assert shown == written, (
        f"{file.name} shows something else. Read what changed; where it is meant, set {RENEW}=1, "
        "run this test again, and commit the file."
    )


def _find(played: Went, stage: str, name: str, *, presses: bool) -> Played:
    went = played[stage]
    if isinstance(went, BaseException):
        raise went
    return next(one for one in went if one.script.name == name and one.presses is presses)


def _check(line: Mapping[str, Any], exchange: Exchange) -> None:
    seen = exchange.seen
    text = without_day(str(seen)).replace("• ", "- ")
    where = f"the reply to {line['says']!r}:\n{seen}"
    assert seen.ways_out, f"No way out in {where}"
    for part in line.get("holds", []):
        if part in OF_THE_DAY:
            continue
        if ways := _WAYS_OUT.fullmatch(part):
            assert seen.ways_out == set(ways[1].split(" · ")), where
        else:
            assert without_day(part) in text, f"{part!r} is missing in {where}"
    for part in line.get("lacks", []):
        assert part not in text, f"{part!r} stands in {where}"
    if "choices" in line:
        assert seen.choices == line["choices"], where
