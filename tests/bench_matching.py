"""`make bench-matching`: motcua's matcher beside five peers, and how it grows with the catalogue.

Questions are our own and, where they lie beside the checkout, the practice questions; the catalogue
is the real records beside the checkout. Peers see the official names only, as they come, folded:
what a person would build in an afternoon. A second row gives the best of them our sayings too.
"""

import argparse
import gzip
import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import bm25s
import numpy as np
import tantivy
from pydantic import TypeAdapter
from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer

from knowledge.evaluation import Expect, Question
from knowledge.matcher import LexicalMatcher
from knowledge.merging import merge_all
from knowledge.model import Procedure, ProcedureCode
from knowledge.phrasebook import shipped_phrasebook
from knowledge.reading.portal import read_portal
from knowledge.reading.starter import read_shipped_catalogue
from knowledge.text import clean, fold, words

_SHARED = Path(__file__).parent.parent.parent / "shared" / "data"
_BEST = 10

Search = Callable[[str], Sequence[str]]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", type=int, nargs="*", default=[3_037, 10_000, 30_000, 100_000])
    options.add_argument("--skip-peers", action="store_true")
    chosen = options.parse_args()
    procedures = _catalogue()
    console = Console()
    if not chosen.skip_peers:
        console.print(_peers(procedures, _questions()))
    console.print(_growth(procedures, chosen.sizes))


def _catalogue() -> list[Procedure]:
    """The starter catalogue with the real records merged in, where they are."""
    known = {one.code: one for one in read_shipped_catalogue().procedures}
    file = _SHARED / "procedures-portal.jsonl.gz"
    if file.is_file():
        lines = gzip.decompress(file.read_bytes()).decode().splitlines()
        known = merge_all(known, read_portal(file.name, lines).procedures, whole=False)
    else:
        Console().print("The real records are not beside the checkout: the starter is measured.")
    return sorted(known.values(), key=lambda one: one.code)


def _questions() -> list[Question]:
    """Single questions with one right answer, ours first."""
    reader = TypeAdapter(Question)
    texts = [(files("knowledge") / "golden" / "catalogue.jsonl").read_text("utf-8")]
    practice = _SHARED / "questions-dev.jsonl"
    if practice.is_file():
        texts.append(practice.read_text("utf-8"))
    asked = [reader.validate_json(line) for text in texts for line in text.splitlines() if line]
    return [
        replace(one, kind=one.kind or "practice")
        for one in asked
        if one.expect is Expect.ANSWER and not one.conversation
    ]


def _peers(procedures: Sequence[Procedure], questions: Sequence[Question]) -> Table:
    names = [(one.code, " ".join(words(one.name))) for one in procedures]
    book = shipped_phrasebook()
    heaps = [
        (code, " ".join([name, *map(fold, book.entries[code].phrases)]))
        if code in book.entries
        else (code, name)
        for code, name in names
    ]
    searches: list[tuple[str, Callable[[], Search]]] = [
        ("motcua", lambda: _motcua(procedures)),
        ("rapidfuzz token_set_ratio", lambda: _rapidfuzz(names)),
        ("bm25s", lambda: _bm25s(names)),
        ("SQLite FTS5", lambda: _fts5(names)),
        ("tantivy", lambda: _tantivy(names)),
        ("scikit-learn char 2-4 TF-IDF", lambda: _tfidf(names)),
        ("bm25s with our sayings", lambda: _bm25s(heaps)),
        ("scikit-learn with our sayings", lambda: _tfidf(heaps)),
    ]
    kinds = sorted({one.kind for one in questions})
    table = Table(
        "",
        *(f"{kind}: first / three / ten" for kind in kinds),
        "build s",
        "p50 ms",
        "p99 ms",
        title=f"{len(questions)} questions, {len(procedures):,} procedures",
    )
    for name, build in searches:
        started = time.perf_counter()
        search = build()
        built = time.perf_counter() - started
        found, took = [], []
        for question in questions:
            text = clean(question.question)
            started = time.perf_counter()
            found.append(search(text))
            took.append((time.perf_counter() - started) * 1000)
        shares = [
            " / ".join(f"{_share(questions, found, kind, count):.2f}" for count in (1, 3, _BEST))
            for kind in kinds
        ]
        table.add_row(name, *shares, f"{built:.2f}", *_p50_p99(took))
    return table


def _share(
    questions: Sequence[Question], found: Sequence[Sequence[str]], kind: str, count: int
) -> float:
    hits = [
        bool(set(question.codes) & set(codes[:count]))
        for question, codes in zip(questions, found, strict=True)
        if question.kind == kind
    ]
    return sum(hits) / len(hits)


def _motcua(procedures: Sequence[Procedure]) -> Search:
    matcher = LexicalMatcher(one for one in procedures if not one.abolished)
    return lambda text: [candidate.code for candidate in matcher.match(text).candidates]


def _rapidfuzz(names: Sequence[tuple[str, str]]) -> Search:
    codes, texts = zip(*names, strict=True)

    def search(text: str) -> list[str]:
        best = process.extract(
            " ".join(words(text)), texts, scorer=fuzz.token_set_ratio, limit=_BEST
        )
        return [codes[place] for _, _, place in best]

    return search


def _bm25s(names: Sequence[tuple[str, str]]) -> Search:
    codes, texts = zip(*names, strict=True)
    index = bm25s.BM25()
    index.index([text.split() for text in texts], show_progress=False)

    def search(text: str) -> list[str]:
        said = [words(text) or [""]]
        places, _ = index.retrieve(said, k=min(_BEST, len(codes)), show_progress=False)
        return [codes[place] for place in places[0]]

    return search


def _fts5(names: Sequence[tuple[str, str]]) -> Search:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE t USING fts5(code UNINDEXED, name)")
    base.executemany("INSERT INTO t VALUES (?, ?)", names)

    def search(text: str) -> list[str]:
        said = " OR ".join(f'"{word}"' for word in words(text))
        if not said:
            return []
        query = "SELECT code FROM t WHERE name MATCH ? ORDER BY bm25(t) LIMIT ?"
        return [code for (code,) in base.execute(query, (said, _BEST))]

    return search


def _tantivy(names: Sequence[tuple[str, str]]) -> Search:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("code", stored=True, tokenizer_name="raw")
    builder.add_text_field("name", stored=False)
    index = tantivy.Index(builder.build())
    writer = index.writer()
    for code, name in names:
        writer.add_document(tantivy.Document(code=[code], name=[name]))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> list[str]:
        said = " ".join(word for word in words(text) if word.isalnum())
        if not said:
            return []
        found = searcher.search(index.parse_query(said, ["name"]), _BEST)
        return [str(searcher.doc(address)["code"][0]) for _, address in found.hits]

    return search


def _tfidf(names: Sequence[tuple[str, str]]) -> Search:
    codes, texts = zip(*names, strict=True)
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    matrix = vectorizer.fit_transform(texts).T.tocsr()

    def search(text: str) -> list[str]:
        scores = (vectorizer.transform([" ".join(words(text))]) @ matrix).toarray()[0]
        return [codes[place] for place in np.argsort(-scores)[:_BEST]]

    return search


def _growth(procedures: Sequence[Procedure], sizes: Sequence[int]) -> Table:
    asked = [clean(one.question) for one in _questions()]
    table = Table("procedures", "build s", "p50 ms", "p99 ms", title="growing with the catalogue")
    for size in sizes:
        larger = list(_varied(procedures, size))
        started = time.perf_counter()
        matcher = LexicalMatcher(larger)
        built = time.perf_counter() - started
        took = []
        for text in asked:
            started = time.perf_counter()
            matcher.match(text)
            took.append((time.perf_counter() - started) * 1000)
        table.add_row(f"{len(larger):,}", f"{built:.2f}", *_p50_p99(took))
    return table


def _varied(procedures: Sequence[Procedure], size: int) -> Iterator[Procedure]:
    """The real ones, then names of theirs with a third of the words taken from another name."""
    yield from procedures[:size]
    chance = random.Random(1)
    for number in range(size - len(procedures)):
        one, other = chance.choice(procedures), chance.choice(procedures)
        mixed = [
            chance.choice(other.name.split()) if chance.random() < 1 / 3 else word
            for word in one.name.split()
        ]
        code = ProcedureCode(f"9.{number:06}")
        yield replace(one, code=code, name=" ".join(mixed), short_name="", aliases=())


def _p50_p99(values: Sequence[float]) -> tuple[str, str]:
    return f"{statistics.median(values):.1f}", f"{statistics.quantiles(values, n=100)[98]:.1f}"


if __name__ == "__main__":
    main()
