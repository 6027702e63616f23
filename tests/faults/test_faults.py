"""A short walk over the faults that ``make faults`` tries at length."""

import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.disks import damage_the_file, limit_the_file
from tests.faults.ground import Ground, count_differences
from tests.faults.kills import kill_anywhere
from tests.faults.others import start_a_second

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    logging.disable(logging.CRITICAL)
    yield Ground(tmp_path_factory.mktemp("faults") / "ground")
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("seed", [1])
def test_killed_at_random_nothing_is_lost(ground: Ground, seed: int) -> None:
    for outcome in kill_anywhere(ground, kills=3, chance=random.Random(seed)):
        assert outcome.is_good, outcome


def test_a_disk_that_takes_no_more_loses_nothing_and_is_named(ground: Ground) -> None:
    for outcome in limit_the_file(ground, tries=2, chance=random.Random(1)):
        assert outcome.is_good, outcome


def test_a_damaged_database_is_refused_and_can_be_made_anew(ground: Ground) -> None:
    for outcome in damage_the_file(ground, tries=4, chance=random.Random(1)):
        assert outcome.is_good, outcome


def test_several_ingests_at_once_end_as_one(ground: Ground) -> None:
    for outcome in start_a_second(ground, tries=2, chance=random.Random(1)):
        assert outcome.is_good, outcome


def test_lost_rows_are_counted(tmp_path: Path) -> None:
    assert count_differences({"a": [(1,), (1,), (2,)]}, {"a": [(1,), (3,)]}) == (2, 1)
