"""Guessers learn nothing and owners are served: the short form of `tests.bench_guessing`."""

from db.engine import Database
from tests.bench_guessing import addresses, attack, open_target


async def test_guessing_opens_nothing_and_tells_nothing(database: Database) -> None:
    desk = await open_target(database, span=60)
    learned = await attack(desk, addresses(5, "g"), guesses=120, span=60)
    assert (learned.opened, learned.existence_bits) == (0, 0)
    assert (learned.tried, learned.locked) == (50, 70)  # ten a day for each of the five
    assert learned.served == learned.owners == 24
    assert len(learned.shapes[True]) >= 3  # asked, compared, refused: all were seen
