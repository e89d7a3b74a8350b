"""Eight real processes share the single-use tokens; the whole run is `tests.bench_zalo_tokens`."""

from tests.bench_zalo_tokens import LOST_SHARE, measure

_EXPIRIES = 10


async def test_eight_processes_renew_once_and_lose_no_message(empty_url: str) -> None:
    figures = await measure(empty_url, _EXPIRIES)
    assert figures.expiries == _EXPIRIES
    assert figures.lost == _EXPIRIES * LOST_SHARE
    assert set(figures.calls_per_fault_free) == {1}
    assert figures.reused == figures.spent == 1  # once, to prove the loss
    assert max(figures.seconds_until_all_current) <= 2
    assert max(figures.alarm_seconds) <= 60
    assert min(figures.sent_on_old_token) >= 8
    assert figures.messages > 0
    assert (figures.missing, figures.repeated) == (0, 0)
