"""Each rule by an example worked out by hand. 2026-11-16 is a Monday, 2026-11-24 a holiday."""

import datetime as dt

import pytest

from knowledge.model import Duration, DurationUnit
from knowledge.timing.calendar import shipped_calendar
from knowledge.timing.course import Course, Kind, Postponement, Reckoning, Request, State
from knowledge.timing.hours import VIETNAM, Clock
from knowledge.timing.policies import Policy, Supplement
from knowledge.timing.reckoning import reckon

CLOCK = Clock(calendar=shipped_calendar())


def at(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=VIETNAM)


def rule(
    supplement: Supplement = Supplement.RESTART,
    *,
    half_days: bool = False,
    cut_off: dt.time | None = None,
    window_days: int | None = None,
) -> Policy:
    return Policy(
        name="rule of the test",
        procedures=("*",),
        valid_from=dt.date(2000, 1, 1),
        source="the test",
        supplement=supplement,
        half_days=half_days,
        cut_off=cut_off,
        window_days=window_days,
    )


def days(amount: float, unit: DurationUnit = DurationUnit.WORKING_DAY) -> Duration:
    return Duration(amount=amount, unit=unit)


def reckoned(
    course: Course, policy: Policy | None = None, now: str = "2026-11-30 09:00"
) -> Reckoning:
    return reckon(course, policy or rule(), CLOCK, at(now))


@pytest.mark.parametrize(
    ("received", "duration", "due"),
    [
        ("2026-11-16 08:15", days(3), "2026-11-19 17:00"),
        ("2026-11-16 06:00", days(1), "2026-11-17 17:00"),
        ("2026-11-16 12:00", days(1), "2026-11-17 17:00"),
        ("2026-11-16 18:00", days(1), "2026-11-18 17:00"),  # begins on Tuesday
        ("2026-11-21 09:00", days(1), "2026-11-25 17:00"),  # Saturday; begins Monday; 24/11 off
        ("2026-11-20 09:00", days(2), "2026-11-25 17:00"),  # weekend and 24/11 are skipped
        ("2026-02-13 09:00", days(1), "2026-02-23 17:00"),  # over Tết
        ("2026-01-09 09:00", days(1), "2026-01-10 17:00"),  # a make-up Saturday is worked
        ("2026-08-28 09:00", days(1), "2026-09-03 17:00"),  # over Independence Day and its swap
        ("2026-11-16 16:00", days(8, DurationUnit.HOUR), "2026-11-17 16:00"),
        ("2026-11-16 11:00", days(1, DurationUnit.HOUR), "2026-11-16 14:00"),
        ("2026-11-16 09:00", days(5, DurationUnit.DAY), "2026-11-23 17:00"),  # Saturday: moved
        ("2026-01-31 09:00", days(1, DurationUnit.MONTH), "2026-03-02 17:00"),  # begins 2 February
    ],
)
def test_a_term_ends_where_the_hand_says(received: str, duration: Duration, due: str) -> None:
    assert reckoned(Course(received_at=at(received), duration=duration)).due_at == at(due)


@pytest.mark.parametrize(
    ("received", "amount", "due"),
    [
        ("2026-11-16 08:00", 0, "2026-11-16 11:30"),
        ("2026-11-16 14:00", 0, "2026-11-16 17:00"),
        ("2026-11-16 08:00", 0.5, "2026-11-16 17:00"),
        ("2026-11-16 14:00", 0.5, "2026-11-17 11:30"),
        ("2026-11-16 08:00", 2, "2026-11-18 11:30"),
        ("2026-11-16 14:00", 2, "2026-11-18 17:00"),
    ],
)
def test_half_days_go_from_morning_to_morning(received: str, amount: float, due: str) -> None:
    course = Course(received_at=at(received), duration=days(amount))
    assert reckoned(course, rule(half_days=True)).due_at == at(due)


def test_received_after_the_cut_off_counts_from_the_next_working_day() -> None:
    course = Course(received_at=at("2026-11-16 15:10"), duration=days(1))
    found = reckoned(course, rule(cut_off=dt.time(15)))
    assert found.due_at == at("2026-11-18 17:00")
    assert [line.note for line in found.lines if line.kind is Kind.BEGINS] == ["15:00"]


def test_a_pause_adds_the_working_days_up_to_the_answer() -> None:
    request = Request(requested_at=at("2026-11-17 09:00"), answered_at=at("2026-11-19 14:00"))
    course = Course(received_at=at("2026-11-16 08:00"), duration=days(3), requests=(request,))
    assert reckoned(course, rule(Supplement.PAUSE)).due_at == at("2026-11-23 17:00")


def test_a_restart_gives_the_whole_term_again() -> None:
    request = Request(requested_at=at("2026-11-17 09:00"), answered_at=at("2026-11-19 14:00"))
    course = Course(received_at=at("2026-11-16 08:00"), duration=days(3), requests=(request,))
    assert reckoned(course).due_at == at("2026-11-25 17:00")


def test_an_open_request_stops_the_clock_and_says_what_is_left() -> None:
    request = Request(requested_at=at("2026-11-17 09:00"))
    course = Course(received_at=at("2026-11-16 08:00"), duration=days(5), requests=(request,))
    paused = reckoned(course, rule(Supplement.PAUSE, window_days=7))
    assert (paused.state, paused.due_at, paused.days_on_resume) == (State.PAUSED, None, 4)
    assert paused.respond_by == dt.date(2026, 11, 27)  # 24/11 is off
    assert reckoned(course).days_on_resume == 5


def test_papers_asked_for_after_the_due_date_hide_no_delay() -> None:
    request = Request(requested_at=at("2026-11-19 09:00"), answered_at=at("2026-11-20 09:00"))
    course = Course(received_at=at("2026-11-16 08:00"), duration=days(1), requests=(request,))
    late = reckoned(course, rule(Supplement.PAUSE))
    assert late.due_at == at("2026-11-17 17:00")
    assert Kind.REQUESTED_LATE in {line.kind for line in late.lines}
    assert late.is_late
    assert late.days_over == 8


def test_a_postponement_counts_and_one_too_many_is_told() -> None:
    later = tuple(
        Postponement(decided_at=at(decided), new_due_at=at(new))
        for decided, new in (
            ("2026-11-17 09:00", "2026-11-23 17:00"),
            ("2026-11-20 09:00", "2026-11-27 17:00"),
        )
    )
    course = Course(received_at=at("2026-11-16 08:00"), duration=days(2), postponements=later)
    found = reckoned(course, now="2026-11-25 09:00")
    assert found.due_at == at("2026-11-27 17:00")
    assert found.days_left == 2
    assert Kind.POSTPONED_TOO_OFTEN in {line.kind for line in found.lines}


def test_what_happens_later_is_not_known_now() -> None:
    request = Request(requested_at=at("2026-11-17 09:00"), answered_at=at("2026-11-19 14:00"))
    course = Course(received_at=at("2026-11-16 08:00"), duration=days(3), requests=(request,))
    assert reckoned(course, now="2026-11-16 17:00").due_at == at("2026-11-19 17:00")
    assert reckoned(course, now="2026-11-18 17:00").state is State.PAUSED


def test_a_receipt_with_another_date_is_told_beside_ours() -> None:
    course = Course(
        received_at=at("2026-11-16 08:00"), duration=days(3), promised_at=at("2026-11-20 10:00")
    )
    kinds = [line.kind for line in reckoned(course).lines]
    assert kinds[-2:] == [Kind.DUE, Kind.RECEIPT_DIFFERS]


def test_a_procedure_without_a_term_has_no_due_date() -> None:
    found = reckoned(Course(received_at=at("2026-11-16 08:00"), duration=Duration()))
    assert (found.state, found.due_at) == (State.NO_TERM, None)


def test_what_was_done_in_time_stays_in_time() -> None:
    course = Course(
        received_at=at("2026-11-16 08:00"), duration=days(3), ended_at=at("2026-11-19 16:59")
    )
    found = reckoned(course, now="2027-05-05 08:00")
    assert (found.state, found.is_late, found.days_over) == (State.ENDED, False, 0)


def test_a_year_that_nobody_has_announced_is_told() -> None:
    course = Course(received_at=at("2026-12-30 08:00"), duration=days(5))
    assert [line.note for line in reckoned(course).lines if line.kind is Kind.UNANNOUNCED] == [
        "2027"
    ]
    assert shipped_calendar().unannounced(dt.date(2026, 10, 1)) is None
    assert shipped_calendar().unannounced(dt.date(2026, 11, 24)) == 2027


@pytest.mark.parametrize("amount", [0, 0.5, 1, 1.5, 3, 10])
@pytest.mark.parametrize("hour", ["08:00", "14:00"])
def test_the_counted_lines_add_up_to_the_term(amount: float, hour: str) -> None:
    request = Request(requested_at=at("2026-11-17 09:00"), answered_at=at("2026-11-25 14:00"))
    course = Course(
        received_at=at(f"2026-11-16 {hour}"), duration=days(amount), requests=(request,)
    )
    lines = reckoned(course, rule(Supplement.PAUSE, half_days=True), now="2027-03-01 08:00").lines
    counted = sum(line.days for line in lines if line.kind is Kind.COUNTED)
    added = sum(line.days for line in lines if line.kind is Kind.ADDED)
    assert counted == amount + added


_WAIT = Request(requested_at=at("2026-03-05 10:00"), answered_at=at("2026-03-11 09:00"))
_OPEN = Request(requested_at=at("2026-03-05 10:00"))


def _put_off(day: str) -> Postponement:
    return Postponement(decided_at=at("2026-03-06 10:00"), new_due_at=at(f"{day} 17:00"))


def test_a_date_put_off_while_papers_are_awaited_leaves_the_clock_stopped() -> None:
    course = Course(
        received_at=at("2026-03-02 10:00"),
        duration=days(5),
        requests=(_OPEN,),
        postponements=(_put_off("2026-03-16"),),
    )
    found = reckoned(course, rule(Supplement.PAUSE), now="2026-03-20 09:00")
    assert (found.state, found.is_late, found.days_on_resume) == (State.PAUSED, False, 6)


@pytest.mark.parametrize(
    ("supplement", "put_off", "due"),
    [
        (Supplement.PAUSE, "2026-03-16", "2026-03-19 17:00"),
        (Supplement.RESTART, "2026-03-09", "2026-03-18 17:00"),
    ],
)
def test_a_wait_goes_on_after_the_date_was_put_off(
    supplement: Supplement, put_off: str, due: str
) -> None:
    course = Course(
        received_at=at("2026-03-02 10:00"),
        duration=days(5),
        requests=(_WAIT,),
        postponements=(_put_off(put_off),),
    )
    assert reckoned(course, rule(supplement), now="2026-03-13 09:00").due_at == at(due)


def test_a_wait_that_nobody_closed_ends_with_the_dossier() -> None:
    course = Course(
        received_at=at("2026-03-02 10:00"),
        duration=days(5),
        requests=(_OPEN,),
        ended_at=at("2026-03-20 10:00"),
    )
    assert not reckoned(course, rule(Supplement.PAUSE)).is_late


def test_what_is_asked_for_after_the_end_moves_nothing() -> None:
    late = Request(requested_at=at("2026-03-09 08:00"), answered_at=at("2026-03-12 10:00"))
    course = Course(
        received_at=at("2026-03-02 10:00"),
        duration=days(5),
        requests=(late,),
        ended_at=at("2026-03-06 10:00"),
    )
    assert reckoned(course, rule(Supplement.PAUSE)).due_at == at("2026-03-09 17:00")


@pytest.mark.parametrize("supplement", list(Supplement))
def test_a_wait_from_before_the_receipt_counts_for_nothing(supplement: Supplement) -> None:
    early = Request(requested_at=at("2026-03-03 10:00"), answered_at=at("2026-03-04 10:00"))
    course = Course(received_at=at("2026-03-06 10:00"), duration=days(5), requests=(early,))
    assert reckoned(course, rule(supplement)).due_at == at("2026-03-13 17:00")


@pytest.mark.parametrize("amount", [-3, 1e6, float("nan")])
@pytest.mark.parametrize("unit", [DurationUnit.WORKING_DAY, DurationUnit.MONTH])
def test_an_impossible_duration_sets_no_term(amount: float, unit: DurationUnit) -> None:
    course = Course(received_at=at("2026-03-02 10:00"), duration=days(amount, unit))
    assert reckoned(course).state is State.NO_TERM
