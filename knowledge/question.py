"""A question made ready to look for: aspects and courtesy off, short forms out, slips mended."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.facets import Facet, asked_facets
from knowledge.index import Index, Query
from knowledge.lexicon import Lexicon
from knowledge.signals import Signal, bits_of_question
from knowledge.spelling import Speller
from knowledge.text import accents_by_word, words

_WORDS_READ = 80
"""Words of a question that are looked for: a story told in full is shorter."""

_SHORT = 6  # words up to which "con …" without accents is a follow-up and no child
_GUESSED = 0.8  # what a mended word counts for beside one that was typed
_MEANT = 0.25  # what a word counts for that a saying stands for and nobody typed


_TURNS_AWAY = re.compile(
    r"^(?:a |ua |u |da |o )?(?:khong|nham|lon|thui|thoi|em noi lon|noi lon)\b|"
    r"\by (?:em|toi|minh|tui|chau|con|anh|chi) (?:la|noi)\b|\b(?:khong phai|hay la|chu khong)\b|"
    r"^(?:a |ua |roi |vay |the )*(?:con|roi|sau nay|sau do|tien the|neu|mai mot)\b|"
    r"\b(?:thi khac gi|khac gi|thi sao)\b"
)
"""Over folded, spelled-out text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """`said` is the folded question without aspects; `has_topic`: something is left to look for.

    `turns_away`: the person corrects us or goes on to something else ("à không, ý tôi là …").
    """

    query: Query
    said: str
    facets: tuple[Facet, ...]
    signals: int
    has_topic: bool
    turns_away: bool


class Reader:
    """Reads questions against the words of one index."""

    def __init__(self, index: Index, lexicon: Lexicon, signals: Sequence[Signal]) -> None:
        self._index = index
        self._lexicon = lexicon
        self._signals = signals
        self._speller = Speller(index.held_by)

    def read(self, question: str) -> Reading:
        """Read a cleaned question (`text.clean`)."""
        spoken = self._spelled_out(words(question)[: _WORDS_READ * 2])
        asked = asked_facets(" ".join(spoken))
        bare = " ".join(self._lexicon.filler_phrases.sub(" ", asked.rest).split())
        accents = accents_by_word(question)
        bare = _without_lead(bare, accents)
        chosen: list[str] = []
        weights: dict[str, float] = {}
        for word in bare.split()[:_WORDS_READ]:
            if word in self._index:
                chosen.append(word)
                continue
            guess = self._speller.guess(word)
            for one in guess:
                weights.setdefault(one, _GUESSED)
            chosen.extend(guess or (word,))
        left = self._lexicon.filler_phrases.sub(" ", asked.bare).split()
        telling = [
            word for word in left if word not in self._lexicon.filler_words and not word.isdigit()
        ]
        said = " ".join(chosen)
        for word in self._meant(said, accents):
            if word not in chosen:
                weights[word] = _MEANT
                chosen.append(word)
        return Reading(
            query=Query(
                words=tuple(chosen),
                weights=weights,
                accented={word: frozenset(forms) for word, forms in accents.items()},
            ),
            said=said,
            facets=asked.facets,
            signals=bits_of_question(f"{asked.rest} {' '.join(chosen)}", self._signals),
            has_topic=bool(telling),
            turns_away=_TURNS_AWAY.search(" ".join(spoken)) is not None,
        )

    def _spelled_out(self, folded: Sequence[str]) -> list[str]:
        return [full for word in folded for full in self._lexicon.abbreviations.get(word, (word,))]

    def _meant(self, said: str, accents: Mapping[str, set[str]]) -> list[str]:
        meant: list[str] = []
        for saying in self._lexicon.sayings:
            found = saying.pattern.search(said)
            if found and saying.is_meant(found[0], accents):
                meant.extend(saying.means)
        return meant


def _without_lead(bare: str, accents: Mapping[str, set[str]]) -> str:
    """Without the "còn" (and what about) of a follow-up, which folds to "con" (child)."""
    words_said = bare.split()
    if words_said[:1] != ["con"]:
        return bare
    typed = accents.get("con")
    follows_up = "còn" in typed if typed else not accents and len(words_said) <= _SHORT
    return " ".join(words_said[1:]) if follows_up else bare
