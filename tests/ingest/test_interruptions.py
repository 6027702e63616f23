"""What a kill, a stop and a second ingest do; with real processes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from house import House

from app.ingest.lock import LockHeldError, lock_database
from app.ingest.process import to_environment
from tests.databases import SQLITE, kind

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("ingest_with_fake.py")


def start(
    house: House, *, seconds: float = 0.0, wait_s: float = 30.0, workers: int = 1
) -> subprocess.Popen[str]:
    settings = house.settings.model_copy(update={"ingest_workers": workers})
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(seconds), str(wait_s)],
        env=to_environment(settings, base=os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def write_first(house: House) -> None:
    """Files as a finished ingest leaves them in the database."""
    house.write("a.txt", '"One," said Ann Bell in Riga.')
    house.write("gone.txt", '"Two," said Bo Nib in Riga.')
    write_jsonl(house, "m.jsonl", range(6))


def write_second(house: House) -> None:
    """The same files, some new, some changed, one gone."""
    house.write("a.txt", '"One and a half," said Ann Bell in Oslo.')
    (house.seeds / "gone.txt").unlink()
    write_jsonl(house, "m.jsonl", range(3, 10))
    write_jsonl(house, "n.jsonl", range(100, 104))
    house.write("z.txt", '"Last," said Cy Low in Bonn.')


def write_jsonl(house: House, name: str, numbers: range) -> None:
    lines = (
        {"id": str(number), "text": f'"No {number}," said Ann Bell in Place{number % 3}.'}
        for number in numbers
    )
    house.write(name, "\n".join(json.dumps(line) for line in lines))


def wait_for_articles(house: House, *, checksums: int) -> None:
    """Wait until the data have changed so many times."""
    seen = {house.checksum()}
    # Long enough for two processes to start, one after the other, on a machine that is busy.
    until = time.monotonic() + 120
    while len(seen) <= checksums and time.monotonic() < until:
        seen.add(house.checksum())
        time.sleep(0.005)
    assert len(seen) > checksums


@pytest.fixture
def undisturbed(build_house: Callable[[str], House]) -> dict[str, list[tuple[object, ...]]]:
    house = build_house("undisturbed")
    write_first(house)
    house.ingest()
    write_second(house)
    house.ingest()
    return house.dump()


@pytest.mark.parametrize(
    ("changes", "workers"),
    [
        pytest.param(1, 1, marks=pytest.mark.one_database),
        pytest.param(4, 0, marks=pytest.mark.one_database),
        (4, 2),
    ],
)
def test_killed_anywhere_the_next_run_ends_where_an_undisturbed_one_does(
    build_house: Callable[[str], House],
    undisturbed: dict[str, list[tuple[object, ...]]],
    changes: int,
    workers: int,
) -> None:
    house = build_house("killed")
    write_first(house)
    house.ingest()
    write_second(house)
    process = start(house, seconds=0.05, workers=workers)
    wait_for_articles(house, checksums=changes)
    process.kill()
    assert finish(process)[0] == -signal.SIGKILL
    assert house.dump() != undisturbed
    house.check()
    house.ingest()
    assert house.dump() == undisturbed


@pytest.mark.one_database
def test_killed_in_the_very_first_run_nothing_is_lost(
    build_house: Callable[[str], House],
) -> None:
    calm, house = build_house("calm"), build_house("killed")
    write_first(calm)
    calm.ingest()
    write_first(house)
    process = start(house, seconds=0.05)
    wait_for_articles(house, checksums=4)
    process.kill()
    finish(process)
    assert house.value("SELECT first_ingest_done FROM dataset") == 0
    house.ingest()
    assert house.dump() == calm.dump()


@pytest.mark.one_database
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_after_the_article_at_hand(house: House, number: int) -> None:
    write_first(house)
    process = start(house, seconds=0.1)
    wait_for_articles(house, checksums=2)
    process.send_signal(number)
    code, words = finish(process)
    assert (code, "stopped before the end" in words) == (3, True)
    assert house.value("SELECT state FROM dataset") == "empty"
    assert house.ingest().articles > 0
    assert house.value("SELECT count(*) FROM articles") == 8


def test_of_two_at_once_the_second_waits_and_finds_nothing_to_do(house: House) -> None:
    write_first(house)
    first = start(house, seconds=0.05)
    wait_for_articles(house, checksums=1)
    second = start(house)
    codes_and_words = [finish(first), finish(second)]
    assert [code for code, _ in codes_and_words] == [0, 0]
    assert "8 articles" in codes_and_words[0][1]
    assert "0 articles" in codes_and_words[1][1]


def test_the_second_may_refuse_to_wait_and_says_who_is_at_work(house: House) -> None:
    write_first(house)
    first = start(house, seconds=2.0)  # longer at work than the second takes to start
    wait_for_articles(house, checksums=1)
    code, words = finish(start(house, wait_s=0))
    assert code == 2
    assert re.search(rf"process {first.pid if kind() == SQLITE else '[0-9]+'}.*, since 20", words)
    first.terminate()
    finish(first)


def test_the_lock_is_free_after_the_block_and_after_an_error(house: House) -> None:
    url = house.settings.database_url
    with pytest.raises(LockHeldError), lock_database(url, wait_s=0), lock_database(url, wait_s=0):
        pytest.fail("the lock was had twice")
    with lock_database(url, wait_s=0) as held:
        assert held


def test_waiting_for_the_lock_can_be_stopped(house: House) -> None:
    url = house.settings.database_url
    with (
        lock_database(url, wait_s=0),
        lock_database(url, is_stopped=lambda: True) as held,
    ):
        assert not held
