"""A province's own calendar and policies, and what of a dossier decides about its deadline."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from bot.errors import Refusal
from bot.office import Office
from bot.timing import timekeeper_of
from db.records import Extension, Status
from tests.fakes.dossiers import NOW, lans_dossier

_RULES = """
official_until = 2027

[[day]]
date = 2026-11-23
works = false
name = "nghỉ theo thông báo"
source = "the test"

[[policy]]
name = "Tạm dừng"
procedures = ["1.000*"]
valid_from = 2026-01-01
source = "the test"
supplement = "pause"
cut_off = 15:00:00
"""


def test_own_days_and_policies_go_before_those_that_ship(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(_RULES, "utf-8")
    keeper = timekeeper_of(Office(closed_on=(dt.date(2026, 11, 25),)), file)
    assert not keeper.clock.calendar.works(dt.date(2026, 11, 23))
    assert not keeper.clock.calendar.works(dt.date(2026, 11, 25))
    assert keeper.clock.calendar.unannounced(dt.date(2026, 12, 1)) is None
    policy = keeper.policy(lans_dossier())
    assert policy
    assert policy.name == "Tạm dừng"
    other = keeper.policy(dataclasses.replace(lans_dossier(), procedure_code="2.000815"))
    assert other
    assert other.name != "Tạm dừng"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[day]]\ndate = 2026-11-23\n", "day"),
        (_RULES.replace("pause", "stop"), "supplement"),
        (_RULES.replace("[[policy]]", "[[polcy]]"), "polcy"),
        ("official_until = 'soon'", "official_until"),
        ("day =", "cannot be read"),
    ],
)
def test_a_rules_file_that_does_not_fit_is_refused_by_name(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(Refusal, match=told):
        timekeeper_of(Office(), file)


def test_the_receipt_s_date_counts_until_something_moves_it() -> None:
    keeper, dossier = timekeeper_of(Office()), lans_dossier()
    assert keeper.due_at(dossier, NOW) == dossier.due_at
    later = Extension(decided_at=NOW, new_due_at=NOW + dt.timedelta(days=9))
    assert keeper.due_at(dataclasses.replace(dossier, extensions=(later,)), NOW) == later.new_due_at
    assert keeper.due_at(lans_dossier(Status.SUPPLEMENT_REQUESTED), NOW) is None
