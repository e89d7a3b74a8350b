"""Words that no phrase holds, read as slips: Telex, VNI, run-together words, a wrong key."""

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise

_SHORTEST = 4  # a slip in a shorter word could be any of dozens of words
_DOUBLED = (("dd", "d"), ("aa", "a"), ("ee", "e"), ("oo", "o"))
_HORN = re.compile(r"(?<=[aou])w|(?<=[aou]n)w|(?<=[aou]ng)w")
_TONE_KEY = re.compile(r"(?<=[aeiouy])([sfrxj])|(?<=[aeiouy](?:c|m|n|p|t))([sfrxj])$")
_LATE_TONE = re.compile(r"(?<=(?:ng|nh|ch))[sfrxj]$")
_VNI = re.compile(r"(?<=[a-z])[0-9]")
_KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LONGEST_RUN = 24
"""Letters of a run-together word that is taken apart."""


def _neighbours() -> Mapping[str, frozenset[str]]:
    near: dict[str, set[str]] = {}
    for row in _KEY_ROWS:
        for left, right in pairwise(row):
            near.setdefault(left, set()).add(right)
            near.setdefault(right, set()).add(left)
    for upper, lower in pairwise(_KEY_ROWS):
        for place, key in enumerate(lower):
            for other in upper[place : place + 2]:
                near.setdefault(key, set()).add(other)
                near.setdefault(other, set()).add(key)
    return {key: frozenset(others) for key, others in near.items()}


_NEAR = _neighbours()


class Speller:
    """Guesses what a word was meant to be, among the words that it was made from.

    Built from the folded words of an index and how many procedures hold each; the more common of
    two equally near words is the guess. Immutable.
    """

    def __init__(self, held_by: Mapping[str, int]) -> None:
        self._held_by = {word: count for word, count in held_by.items() if word.isalpha()}
        self._without: dict[str, list[str]] = {}
        for word in self._held_by:
            if len(word) >= _SHORTEST:
                for form in {word, *_deletes(word)}:
                    self._without.setdefault(form, []).append(word)

    def guess(self, word: str) -> tuple[str, ...]:
        """The words it may stand for, in order, as one reading; empty when there is no guess."""
        for decoded in (_from_telex(word), _VNI.sub("", word)):
            if decoded != word and decoded in self._held_by:
                return (decoded,)
        if len(word) < _SHORTEST or not word.isalpha():
            return ()
        apart = self._take_apart(word)
        near = self._nearest(word)
        if apart and (not near or len(apart) > 2 or self._rarest(apart) > self._held_by[near]):
            return apart
        return (near,) if near else ()

    def _nearest(self, word: str) -> str:
        candidates = {
            other for form in (word, *_deletes(word)) for other in self._without.get(form, ())
        }
        near = [other for other in candidates if _is_one_slip(word, other)]
        return max(
            near, key=lambda other: (_likely(word, other) * self._held_by[other], other), default=""
        )

    def _take_apart(self, word: str) -> tuple[str, ...]:
        """Fewest known words that a run of letters is made of; each at least two letters long."""
        if not _SHORTEST < len(word) <= _LONGEST_RUN:
            return ()
        best: list[tuple[str, ...] | None] = [(), *([None] * len(word))]
        for end in range(2, len(word) + 1):
            for start in range(max(0, end - 7), end - 1):
                head, piece = best[start], word[start:end]
                if head is None or self._held_by.get(piece, 0) < 2:
                    continue
                found, known = (*head, piece), best[end]
                if known is None or self._ease(found) > self._ease(known):
                    best[end] = found
        whole = best[-1]
        return whole if whole and len(whole) > 1 else ()

    def _ease(self, pieces: Collection[str]) -> tuple[int, int]:
        return -len(pieces), self._rarest(pieces)

    def _rarest(self, pieces: Iterable[str]) -> int:
        return min((self._held_by[piece] for piece in pieces), default=0)


def _from_telex(word: str) -> str:
    for keys, letter in _DOUBLED:
        word = word.replace(keys, letter)
    word = _HORN.sub("", word)
    return _LATE_TONE.sub("", _TONE_KEY.sub("", word, count=1))


def _deletes(word: str) -> Iterable[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _is_one_slip(typed: str, meant: str) -> bool:
    """One letter more, less, other, or two neighbours swapped."""
    if typed == meant:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    rest, other = typed[start:], meant[start:]
    if rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]:
        return True
    return len(rest) > 1 and len(other) > 1 and rest[1] + rest[0] + rest[2:] == other


def _likely(typed: str, meant: str) -> float:
    """How likely this slip is: a key beside the right one, a doubled or a swapped letter."""
    if len(typed) == len(meant):
        off = [(one, other) for one, other in zip(typed, meant, strict=True) if one != other]
        if len(off) == 2 and off[0] == off[1][::-1]:
            return 4.0
        return 3.0 if len(off) == 1 and off[0][1] in _NEAR.get(off[0][0], ()) else 1.0
    return 2.0
