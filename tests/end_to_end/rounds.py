"""All conversations of tests/dialogues on one channel at once, turn by turn, each by its own Lan.

What depends on the day is left out here: the process's clock is the wall clock, while the dossier
keeps the dates that the tables speak of.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from db.engine import open_database
from db.migrating import upgrade
from db.records import NewDossier, Status
from db.secrets import Keyring
from tests.end_to_end.people import Person
from tests.end_to_end.seeing import Button, Seen
from tests.end_to_end.stages import Open
from tests.fakes.dossiers import NOW, PHONE, SECRET, TAIL, lans_dossier
from tests.fakes.talking import OFFICE
from tests.knowledge import procedures as known

_KEY = b"a key of these tests without a comma in it"

SCRIPTS = Path(__file__).parent.parent / "dialogues"

OF_THE_DAY = frozenset({"đang mở cửa"})
"""What a table holds that is only true at some hours."""

_LEFT = re.compile(
    r"\((?:còn \d+ ngày làm việc|trong hôm nay|đã quá hẹn \d+ ngày làm việc|đã quá giờ hẹn)\)"
)
_HELD = re.compile(r"(Nơi này có [^,\n]+), (?:đến|đã quá hạn từ) ")


def without_day(text: str) -> str:
    """The text with how far off a date is, which changes from day to day, taken out."""
    return _HELD.sub(r"\1, đến (hoặc: đã quá hạn từ) ", _LEFT.sub("(còn hay quá mấy ngày)", text))


@dataclass(frozen=True, kw_only=True)
class Script:
    """One file: a conversation as a table."""

    name: str
    status: Status
    lines: Sequence[Mapping[str, Any]]


def scripts() -> list[Script]:
    """All of them, by name."""
    read = ((file.stem, tomllib.loads(file.read_text("utf-8"))) for file in SCRIPTS.glob("*.toml"))
    return [
        Script(name=name, status=Status(raw.get("status", Status.IN_PROGRESS)), lines=raw["turn"])
        for name, raw in sorted(read)
    ]


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One turn as it went: what was typed, or the button that was pressed, and what came."""

    said: str
    pressed: str
    seen: Seen


@dataclass(kw_only=True)
class Played:
    """A conversation as it went on a channel. `outcomes` are those that the desk kept."""

    script: Script
    person: Person
    presses: bool
    exchanges: list[Exchange] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)

    async def go_on(self) -> None:
        """Say the next line, or press what says the same."""
        said = self.script.lines[len(self.exchanges)]["says"]
        button = self._button_for(said) if self.presses else None
        self._pressed = button.label if button else ""
        await (self.person.press(button) if button else self.person.say(said))

    def look(self) -> None:
        """Note what came."""
        said = self.script.lines[len(self.exchanges)]["says"]
        seen = self.person.look()
        self.exchanges.append(Exchange(said=said, pressed=self._pressed, seen=seen))

    @property
    def is_over(self) -> bool:
        return len(self.exchanges) == len(self.script.lines)

    @cached_property
    def shown(self) -> str:
        """All of it for a reader."""
        parts = []
        for one in self.exchanges:
            parts.append(f"▸ Lan bấm: [{one.pressed}]" if one.pressed else f"▸ Lan gõ: {one.said}")
            for message in one.seen.messages:
                changed = " (thay tin trên)" if message.is_changed else ""
                parts.append(f"◂ Một cửa{changed}:\n{without_day(str(message))}")
        return "\n\n".join(parts) + "\n"

    def _button_for(self, said: str) -> Button | None:
        """The button of the last reply that a number or a label names."""
        if not self.exchanges:
            return None
        last = self.exchanges[-1].seen
        choices = last.choices
        if said.isdecimal() and 1 <= int(said) <= len(choices):
            return last.buttons[choices[int(said) - 1]]
        named = (one for name, one in last.buttons.items() if name.casefold() == said.casefold())
        return next(named, None)


async def prepare(data: Path) -> None:
    """Make the tables. Alembic's context is global: one folder after the other."""
    await upgrade(_url(data))


async def play(data: Path, opens: Open, modes: Sequence[bool]) -> list[Played]:
    """Every script in every mode (True: pressing what can be pressed) on one channel."""
    async with AsyncExitStack() as stack:
        database = await open_database(_url(data), keys=Keyring([_KEY]))
        stack.push_async_callback(database.close)
        async with database.unit() as unit:
            await unit.knowledge.publish(
                {one.code: one for one in known.ALL}, at=NOW, by="test", note=""
            )
            await unit.commit()
        stage = await stack.enter_async_context(opens(data, database, _settings(data)))
        played = [
            Played(script=script, person=stage.person(number), presses=presses)
            for number, (script, presses) in enumerate(
                (script, presses) for script in scripts() for presses in modes
            )
        ]
        updates = 0
        for status in dict.fromkeys(one.script.status for one in played):
            async with database.unit() as unit:
                await unit.dossiers.put_many([_dossier(status)], origin="test")
                await unit.commit()
            while going := [
                one for one in played if one.script.status is status and not one.is_over
            ]:
                for one in going:
                    await one.go_on()
                updates += len(going)
                await stage.settle(database, updates)
                for one in going:
                    one.look()
        async with database.reading() as unit:
            for one in played:
                turns = await unit.conversations.turns(stage.channel.value, one.person.chat, 40)
                one.outcomes = [turn.outcome for turn in turns]
    return played


def _url(data: Path) -> str:
    return f"sqlite:///{data / 'motcua.db'}"


def _dossier(status: Status) -> NewDossier:
    return NewDossier(
        dossier=lans_dossier(status),
        owner_phone=PHONE,
        owner_number=f"051190{TAIL}",
        receipt_secret=SECRET,
    )


def _settings(data: Path) -> dict[str, str]:
    """The cast's office and sayings; the keys of the tests."""
    office, phrases = data / "office.toml", data / "phrases.txt"
    office.write_text(f'name = "{OFFICE.name}"\n', "utf-8")
    entries = (
        "\n".join((f"{one.code} | {one.asked.name.lower()} | {one.label}", *one.phrases))
        for one in known.BOOK.entries.values()
    )
    phrases.write_text("\n\n".join(entries) + "\n", "utf-8")
    return {
        "MOTCUA_KEYS": _KEY.decode(),
        "MOTCUA_OFFICE": str(office),
        "MOTCUA_PHRASES": str(phrases),
    }
