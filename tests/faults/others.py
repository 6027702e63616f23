"""Another ingest at the same time, and a clock that jumps."""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from tests.faults.ground import Ground
from tests.faults.outcome import Outcome, expect_state
from tests.faults.processes import start_ingest


def start_a_second(ground: Ground, *, tries: int, chance: random.Random) -> Iterator[Outcome]:
    """Start two or three ingests on one database, at moments drawn by chance; kill one at times."""
    for number in range(tries):
        house = ground.build()
        running = []
        for _ in range(chance.randint(2, 3)):
            running.append(start_ingest(house.settings))
            time.sleep(chance.uniform(0, 0.3))
        if number % 2:
            running[0].kill()
        wrong = [
            f"an ingest beside another failed: {ended.words[-400:]}"
            for ended in [one.wait() for one in running]
            if ended.code > 0
        ]
        yield expect_state("several at once", house, ground.expected, wrong=wrong)
        shutil.rmtree(house.folder)


def jump_the_clock(ground: Ground, *, tries: int, chance: random.Random) -> Iterator[Outcome]:
    """Give ingest a clock that goes back and forth by years, also between kills."""
    for _ in range(tries):
        house = ground.build()
        first = start_ingest(house.settings, clock=_make_clock(chance.random()))
        time.sleep(chance.uniform(0, 0.3))
        first.kill()
        first.wait()
        ended = start_ingest(house.settings, clock=_make_clock(chance.random())).wait()
        wrong = [] if ended.code == 0 else [f"ingest failed: {ended.words[-400:]}"]
        yield expect_state("a clock that jumps", house, ground.expected, wrong=wrong)
        shutil.rmtree(house.folder)


def _make_clock(seed: float) -> Callable[[], datetime]:
    chance = random.Random(seed)

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(days=chance.uniform(-20_000, 20_000))

    return now
