"""Every sentence in both languages, with the same blanks to fill."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Language, PhotoTrouble
from bot.wording.dialogue import wording
from bot.wording.receipts import receipt_wording
from bot.wording.webchat import webchat_wording
from db.records import Status
from knowledge.facets import Facet
from knowledge.model import ChannelKind, DurationUnit, Level

_BLANK = re.compile(r"\{(\w*)\}")


def _sentences(value: Any, path: str = "") -> dict[str, str]:
    match value:
        case str():
            return {path: value}
        case dict():
            pairs = [(f"{path}.{key}", part) for key, part in value.items()]
        case tuple() | list():
            pairs = [(f"{path}[{place}]", part) for place, part in enumerate(value)]
        case _:
            pairs = [
                (f"{path}.{one.name}", getattr(value, one.name))
                for one in dataclasses.fields(value)
            ]
    return {key: text for name, part in pairs for key, text in _sentences(part, name).items()}


@pytest.mark.parametrize("read", [wording, webchat_wording, receipt_wording])
def test_both_languages_say_the_same_things_with_the_same_blanks(
    read: Callable[[Language], object],
) -> None:
    vietnamese, english = (_sentences(read(language)) for language in Language)
    assert vietnamese.keys() == english.keys()
    for key, text in vietnamese.items():
        assert sorted(_BLANK.findall(text)) == sorted(_BLANK.findall(english[key])), key


@pytest.mark.parametrize("language", list(Language))
def test_every_word_of_the_field_has_its_wording(language: Language) -> None:
    say = wording(language)
    assert {int(key) for key in say.dossiers.status} == {status.value for status in Status}
    assert say.dossiers.meaning.keys() == say.dossiers.status.keys()
    assert set(say.procedures.facet) == set(say.procedures.not_stated) == {*map(str, Facet)}
    assert set(say.procedures.channel) == {*map(str, ChannelKind)}
    assert set(say.procedures.duration) == {*map(str, DurationUnit)}
    assert set(say.procedures.level) == {*map(str, Level)}
    assert set(say.photos.trouble) == {*map(str, PhotoTrouble)}


def test_no_sentence_asks_for_what_must_never_be_asked() -> None:
    asking = re.compile(r"(nhập|gõ|gửi|cho biết)[^.]{0,30}(mật khẩu|OTP|số tài khoản|ảnh căn cước)")
    for key, text in _sentences(wording(Language.VI)).items():
        assert not asking.search(text), key


def test_no_sentence_stands_unused() -> None:
    code = "".join(
        file.read_text("utf-8") for file in Path(__file__).parent.parent.parent.glob("bot/**/*.py")
    )
    for section in dataclasses.fields(wording(Language.VI)):
        for sentence in dataclasses.fields(getattr(wording(Language.VI), section.name)):
            uses = re.findall(rf"\.{sentence.name}\b", code)
            assert uses, f"{section.name}.{sentence.name} is said nowhere"


@pytest.mark.parametrize("language", Language)
def test_the_dialogue_speaks_of_no_press_for_some_channels_have_nothing_to_press(
    language: Language,
) -> None:
    pressing = re.compile(r"\b(?:bấm|chạm|nhấn|press|tap|click)\b", re.IGNORECASE)
    told = _sentences(wording(language))
    assert {path: text for path, text in told.items() if pressing.search(text)} == {}
