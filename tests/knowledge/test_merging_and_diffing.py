"""Records from several sources become one catalogue, and what changed is told."""

from dataclasses import replace

import pytest

from knowledge.diffing import Change, diff
from knowledge.merging import merge, merge_all
from knowledge.model import Decision, Procedure, ProcedureCode, SourceKind
from tests.knowledge import procedures as known

_written = replace(known.BIRTH, as_of="2026-07", decision=Decision(number="1/QĐ-BTP"))
_portal = Procedure(
    code=known.BIRTH.code,
    name="Thủ tục đăng ký khai sinh",
    as_of="2026-07",
    decision=Decision(number="1/QĐ-BTP"),
    source=SourceKind.PORTAL,
)


def test_what_people_wrote_outlives_the_record_it_was_written_from() -> None:
    assert merge(_written, _portal) == _written


def test_a_newer_decision_brings_new_facts_and_keeps_our_names() -> None:
    newer = replace(_portal, as_of="2026-09", decision=Decision(number="2/QĐ-BTP"))
    merged = merge(_written, newer)
    assert merged.decision == newer.decision
    assert merged.papers == ()
    assert (merged.short_name, merged.aliases) == (_written.short_name, _written.aliases)


def test_older_facts_never_replace_newer_ones() -> None:
    older = replace(_portal, as_of="2025-12", decision=Decision(number="0/QĐ-BTP"))
    assert merge(_written, older) == _written


def test_a_list_only_fills_in() -> None:
    listed = Procedure(
        code=known.BIRTH.code, name="Đăng ký khai sinh", field="Mới", source=SourceKind.LIST
    )
    merged = merge(replace(_written, field=""), listed)
    assert (merged.name, merged.field, merged.papers) == (listed.name, "Mới", _written.papers)


def test_an_editor_s_template_always_wins() -> None:
    edited = replace(_written, source=SourceKind.TEMPLATE, as_of="2020", papers=())
    assert merge(_written, edited) == edited


@pytest.mark.parametrize("incoming", [_portal, replace(_portal, as_of="2026-09")])
def test_merging_the_same_record_twice_changes_nothing_more(incoming: Procedure) -> None:
    once = merge(_written, incoming)
    assert merge(once, incoming) == once


def test_only_a_whole_import_abolishes_what_it_lacks() -> None:
    current = {known.BIRTH.code: known.BIRTH, known.DEATH.code: known.DEATH}
    part = merge_all(current, [known.BIRTH], whole=False)
    whole = merge_all(current, [known.BIRTH], whole=True)
    assert not part[known.DEATH.code].abolished
    assert whole[known.DEATH.code].abolished
    assert not whole[known.BIRTH.code].abolished


def test_a_diff_names_new_changed_and_abolished() -> None:
    before = {known.BIRTH.code: known.BIRTH, known.DEATH.code: known.DEATH}
    new = Procedure(code=ProcedureCode("9.000009"), name="Mới")
    after = {
        known.BIRTH.code: replace(known.BIRTH, result="Khác"),
        known.DEATH.code: replace(known.DEATH, abolished=True),
        new.code: new,
    }
    told = diff(before, after)
    assert told.new == (new.code,)
    assert told.changed == (Change(code=known.BIRTH.code, fields=("result",)),)
    assert told.abolished == (known.DEATH.code,)
    assert told.unchanged == 0


def test_equal_states_have_no_diff() -> None:
    same = {one.code: one for one in known.ALL}
    told = diff(same, same)
    assert (told.new, told.changed, told.abolished) == ((), (), ())
    assert told.unchanged == len(same)
