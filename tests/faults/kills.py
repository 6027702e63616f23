"""kill -9, at moments drawn by chance."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from alembic import command

from app.db.engine import make_writer_engine
from app.db.schema import HEAD, make_config, upgrade
from app.ingest.process import to_environment
from app.settings import Settings
from tests.faults.ground import Ground, find_faults
from tests.faults.outcome import Outcome, expect_state
from tests.faults.processes import ingest_again, start, start_ingest
from tests.ingest.house import House

_KILLED = -signal.SIGKILL


def kill_anywhere(ground: Ground, *, kills: int, chance: random.Random) -> Iterator[Outcome]:
    """Kill ingests of a mixed folder; in half of the tries, also the ones that go on from there.

    One of five begins with an empty database, one of five has a process that
    parses for it. A moment at which the work was done already does not
    count and is drawn again.
    """
    kinds = [(is_new, workers) for is_new in (False, True) for workers in (0, 1)]
    lasts = {kind: _measure(ground, is_new=kind[0], workers=kind[1]) for kind in kinds}
    done = 0
    while done < kills:
        kind = is_new, workers = chance.random() < 0.2, int(chance.random() < 0.2)
        house = ground.build(database=ground.empty if is_new else None)
        hit = 0
        for _ in range(chance.choice((1, 1, 2, 3))):
            running = start_ingest(house.settings, workers=workers)
            time.sleep(chance.uniform(0, lasts[kind]))
            running.kill()
            hit += running.wait().code == _KILLED
        if hit:
            done += hit
            yield _resume(ground, house, what="kill -9", faults=hit, is_new=is_new)
        shutil.rmtree(house.folder)


def _measure(ground: Ground, *, is_new: bool, workers: int) -> float:
    house = ground.build(database=ground.empty if is_new else None)
    since = time.monotonic()
    start_ingest(house.settings, workers=workers).wait()
    seconds = time.monotonic() - since
    shutil.rmtree(house.folder)
    return seconds


def _resume(ground: Ground, house: House, *, what: str, faults: int, is_new: bool) -> Outcome:
    wrong = find_faults(house.settings)
    wrong += ingest_again(house)
    expected = ground.expected_anew if is_new else ground.expected
    return expect_state(what, house, expected, faults=faults, wrong=wrong)


def kill_migrations(ground: Ground, *, kills: int, chance: random.Random) -> Iterator[Outcome]:
    """Kill the migration of a database with articles, from the oldest tables to the newest."""
    old = ground.build("old")
    engine = make_writer_engine(old.settings.database_url, foreign_keys=False)
    with engine.connect() as connection:
        command.downgrade(make_config(connection), "0001")
    engine.dispose()
    # What the newest tables hold in an undisturbed run of the same.
    calm = ground.build("old-calm", database=old.database)
    since = time.monotonic()
    _upgrade_apart(calm)
    lasts = time.monotonic() - since
    start_ingest(calm.settings).wait()
    expected = calm.dump()
    done = 0
    while done < kills:
        house = ground.build(database=old.database)
        url = house.settings.database_url
        running = start(lambda url=url: upgrade(url), log=house.folder / "log.txt")
        time.sleep(chance.uniform(0, lasts))
        running.kill()
        if running.wait().code == _KILLED:
            done += 1
            wrong = find_faults_of_any_age(house)
            wrong += ingest_again(house)
            wrong += find_faults(house.settings)
            yield expect_state("kill -9 in a migration", house, expected, wrong=wrong)
        shutil.rmtree(house.folder)


def _upgrade_apart(house: House) -> None:
    url = house.settings.database_url
    start(lambda: upgrade(url), log=house.folder / "log.txt").wait()


def find_faults_of_any_age(house: House) -> list[str]:
    """Look into a database whose tables may be older than this program."""
    wrong = [line for (line,) in house.query("PRAGMA integrity_check") if line != "ok"]
    wrong += [str(row) for row in house.query("PRAGMA foreign_key_check")]
    revision = house.value("SELECT version_num FROM alembic_version")
    if revision not in ("0001", HEAD):
        wrong.append(f"the migration stopped half way, at {revision}")
    return wrong


def kill_the_program(folder: Path, *, kills: int, chance: random.Random) -> Iterator[Outcome]:
    """Kill ``python -m app.ingest`` as the server starts it, with the real parser and articles."""
    articles = Path(__file__).parents[1] / "articles"
    seeds = folder / "real" / "seeds"
    seeds.mkdir(parents=True)
    for name in ("gold-wire.md", "gold-police.md", "brightwater-merger.json"):
        shutil.copy(articles / name, seeds)
    lines = (articles / "county-and-court.jsonl").read_text().splitlines()
    (seeds / "court.jsonl").write_text("\n".join(lines[:2]))
    before = folder / "real" / "before.db"
    _run_program(Settings(database_url=f"sqlite:///{before}", seeds=(seeds,)))
    (seeds / "gold-police.md").unlink()
    (seeds / "court.jsonl").write_text("\n".join(lines[1:]))
    changed = json.loads((seeds / "brightwater-merger.json").read_text())
    changed["bodies"].reverse()
    (seeds / "brightwater-merger.json").write_text(json.dumps(changed))
    shutil.copy(articles / "gold-court.md", seeds)

    calm = _open_real(folder / "real-calm", database=before, seeds=seeds)
    since = time.monotonic()
    _run_program(calm.settings)
    lasts = time.monotonic() - since
    expected = calm.dump()
    done = 0
    while done < kills:
        house = _open_real(folder / f"real-{done}", database=before, seeds=seeds)
        process = _start_program(house.settings)
        time.sleep(chance.uniform(lasts * 0.3, lasts))  # before that, it imports
        process.kill()
        if process.wait() == _KILLED:
            done += 1
            wrong = find_faults(house.settings)
            _run_program(house.settings)
            yield expect_state("kill -9 with the model", house, expected, wrong=wrong)
        shutil.rmtree(house.folder)


def _open_real(folder: Path, *, database: Path, seeds: Path) -> House:
    folder.mkdir()
    house = House(folder, empty_database=database)
    shutil.copytree(seeds, house.seeds, dirs_exist_ok=True)
    return house


def _start_program(settings: Settings) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.ingest"],
        env=to_environment(settings, base=os.environ),
        stderr=subprocess.DEVNULL,
    )


def _run_program(settings: Settings) -> None:
    code = _start_program(settings).wait(timeout=120)
    if code:
        raise RuntimeError(f"an undisturbed ingest ended with code {code}")
