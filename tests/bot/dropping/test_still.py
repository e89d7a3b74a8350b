"""A file is taken when it stands still, and not before."""

from hypothesis import given
from hypothesis import strategies as st

from bot.dropping.still import STILL_SECONDS, Seen, look_again


def _looks(*listings: dict[str, tuple[int, int]], every: float = STILL_SECONDS) -> list[list[str]]:
    seen: Seen = {}
    told = []
    for number, listing in enumerate(listings):
        seen, still = look_again(seen, listing, number * every)
        told.append(still)
    return told


def test_a_file_is_taken_at_the_second_look_when_nothing_moved() -> None:
    assert _looks({"a": (9, 1)}, {"a": (9, 1)}) == [[], ["a"]]


def test_a_file_that_grows_or_is_written_again_is_not_taken() -> None:
    assert _looks({"a": (9, 1)}, {"a": (10, 1)}, {"a": (10, 2)}, {"a": (10, 2)}) == [
        [], [], [], ["a"]
    ]  # fmt: skip


def test_a_file_must_stand_still_for_the_whole_time() -> None:
    still = {"a": (9, 1)}
    assert _looks(still, still, still, every=STILL_SECONDS / 2) == [[], [], ["a"]]


def test_an_empty_file_is_not_taken() -> None:
    assert _looks({"a": (0, 1)}, {"a": (0, 1)}) == [[], []]


def test_a_file_that_went_and_came_again_begins_anew() -> None:
    assert _looks({"a": (9, 1)}, {}, {"a": (9, 1)}) == [[], [], []]


@given(st.lists(st.integers(1, 3), max_size=12))
def test_nothing_is_taken_that_changed_at_the_last_look(sizes: list[int]) -> None:
    told = _looks(*({"a": (size, 1)} for size in sizes))
    for number, still in enumerate(told):
        assert bool(still) == (number > 0 and sizes[number] == sizes[number - 1])
