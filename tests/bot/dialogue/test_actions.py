"""What a button means, written and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.actions import (
    ACTION_LIMIT,
    ChooseCase,
    Command,
    Exit,
    Follow,
    HandOver,
    Leave,
    Over,
    Show,
    ShowDossier,
    Speak,
    Unfollow,
    decode,
    encode,
)
from bot.messages import Action, Language
from knowledge.facets import Facet
from knowledge.model import ProcedureCode

_codes = st.from_regex(r"[1-6]\.[0-9]{6}", fullmatch=True).map(ProcedureCode)
_facets = st.lists(st.sampled_from(Facet), max_size=3, unique=True).map(tuple)
commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(Leave, to=st.sampled_from(Exit)),
    st.builds(Speak, language=st.sampled_from(Language)),
    st.builds(Show, code=_codes, facets=_facets, everything=st.booleans()),
    st.builds(ChooseCase, code=_codes, case=st.from_regex(r"[a-z0-9_]{0,24}", fullmatch=True)),
    st.builds(Follow, code=st.just("000.00.06.H56-231027-0361"), agreed=st.booleans()),
    st.just(Over()),
    st.builds(Unfollow, code=st.just("000.00.06.H56-231027-0361")),
    st.sampled_from(
        [HandOver(), HandOver(erase=True), HandOver(erase=True, confirmed=True)],
    ),
    st.builds(ShowDossier, code=st.just("000.00.06.H56-231027-0361"), history=st.booleans()),
)


@given(commands)
def test_every_command_is_read_back_and_fits(command: Command) -> None:
    action = encode(command)
    assert len(action) <= ACTION_LIMIT
    assert decode(action) == command


@given(st.text(max_size=90))
def test_no_posted_text_breaks_the_reader(text: str) -> None:
    decode(Action(text))


@pytest.mark.parametrize(
    "text", ["", "x:", "x:sudo", "l:fr", "p:1:nonsense", "c:1:A B", "z:1", "o:all"]
)
def test_what_was_never_written_means_nothing(text: str) -> None:
    assert decode(Action(text)) is None


def test_what_does_not_fit_is_refused_when_written() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode(ChooseCase(code=ProcedureCode("1.000001"), case="x" * 80))
