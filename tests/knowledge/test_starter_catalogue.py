"""The catalogue that ships with motcua: it fits the model, lints clean, and speaks plainly."""

import datetime as dt
import unicodedata
from collections import Counter

import pytest

from knowledge.linting import lint
from knowledge.matcher import LexicalMatcher, Outcome
from knowledge.model import PaperGroup, Procedure
from knowledge.problems import Severity
from knowledge.reading.starter import read_shipped_catalogue, read_starter

READING = read_shipped_catalogue()
PROCEDURES = READING.procedures
WRITTEN_TO_BE_READ = 240
"""Characters of a summary or a paper's name: what fits a phone without scrolling past it."""


def test_every_file_fits_the_model() -> None:
    assert [str(problem) for problem in READING.problems] == []


def test_at_least_120_procedures_ship() -> None:
    assert len(PROCEDURES) >= 120
    assert len({one.code for one in PROCEDURES}) == len(PROCEDURES)


def test_the_linter_finds_no_error() -> None:
    errors = [
        problem
        for problem in lint(PROCEDURES, today=dt.date(2026, 11, 23))
        if problem.severity is Severity.ERROR
    ]
    assert [str(problem) for problem in errors] == []


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda one: one.code)
def test_an_entry_is_written_for_citizens(procedure: Procedure) -> None:
    assert procedure.short_name
    assert len(procedure.short_name) <= 60
    assert 0 < len(procedure.summary) <= WRITTEN_TO_BE_READ
    assert len(procedure.aliases) >= 2
    assert procedure.as_of
    assert all(len(paper.name) <= WRITTEN_TO_BE_READ for paper in procedure.papers)
    prose = " ".join((procedure.summary, *procedure.aliases, *procedure.steps))
    assert unicodedata.normalize("NFC", prose) == prose
    assert "  " not in prose


@pytest.mark.parametrize(
    "procedure", [one for one in PROCEDURES if one.channels], ids=lambda one: one.code
)
def test_an_entry_with_facts_names_their_source(procedure: Procedure) -> None:
    assert procedure.decision
    assert procedure.decision.number
    assert procedure.source_url.startswith("https://") or not procedure.source_url
    assert procedure.agency
    assert procedure.legal_basis


def test_papers_are_sorted_into_all_four_lists() -> None:
    groups = Counter(paper.group for one in PROCEDURES for paper in one.papers)
    assert all(groups[group] > 10 for group in PaperGroup), groups


def test_no_alias_names_two_procedures() -> None:
    counted = Counter(alias for one in PROCEDURES for alias in one.aliases)
    assert [alias for alias, times in counted.items() if times > 1] == []


def test_every_short_name_finds_its_procedure() -> None:
    matcher = LexicalMatcher(PROCEDURES)
    lost = []
    for one in PROCEDURES:
        match = matcher.match(one.short_name)
        offered = max(1, match.choices)
        codes = [candidate.code for candidate in match.candidates[:offered]]
        if match.outcome is Outcome.UNKNOWN or one.code not in codes:
            lost.append(one.short_name)
    assert lost == []


def test_a_file_that_is_no_toml_is_named() -> None:
    reading = read_starter([("1.000001.toml", 'name = "a"\nname = "b"\n')])
    assert reading.procedures == ()
    assert "1.000001.toml" in str(reading.problems[0])


def test_a_key_that_the_model_does_not_know_is_an_error() -> None:
    reading = read_starter([("1.000001.toml", 'code = "1.000001"\nname = "a"\nfees = "0"\n')])
    assert reading.procedures == ()
    assert reading.problems[0].field == "fees"


def test_a_file_is_named_after_its_code() -> None:
    reading = read_starter([("1.000002.toml", 'code = "1.000001"\nname = "a"\n')])
    assert reading.procedures == ()
    assert reading.problems[0].rule == "file-name"
