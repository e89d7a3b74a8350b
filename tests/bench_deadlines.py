"""100,000 generated deadlines against the slow sum: `python -m tests.bench_deadlines [count]`."""

import multiprocessing
import os
import random
import sys
import time

from knowledge.timing.calendar import shipped_calendar
from knowledge.timing.hours import Clock
from knowledge.timing.reckoning import reckon
from tests.knowledge.timing import courses, test_oracle

_COUNT = 100_000
_PART = 2_000


def _part(seed: int) -> list[str]:
    return list(test_oracle.differences(_PART, shipped_calendar(), seed))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _COUNT
    parts = range(max(1, count // _PART))
    started = time.perf_counter()
    with multiprocessing.Pool(os.cpu_count()) as pool:
        found = [one for part in pool.map(_part, parts) for one in part]
    seconds = time.perf_counter() - started
    chance, clock = random.Random(1), Clock(calendar=shipped_calendar())
    made = [(courses.course(chance), courses.policy(chance)) for _ in range(10_000)]
    begun = time.perf_counter()
    for course, policy in made:
        reckon(course, policy, clock, test_oracle.NOW)
    each = (time.perf_counter() - begun) / len(made)
    sys.stdout.write(
        f"{len(parts) * _PART:,} generated dossiers: {len(found)} differences ({seconds:.0f} s); "
        f"one reckoning {each * 1e6:.0f} µs\n"
    )
    sys.stdout.writelines(f"{one}\n" for one in found[:5])
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
