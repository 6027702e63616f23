"""``make faults``: break ingest in every way that there is, and see that nothing is lost.

    python -m tests.faults [--kills 200] [--real-kills 6] [--seed 1]

Prints a line for each kind of fault and at the end how many were tried and how many rows lost.
Exit code 1 when anything was lost or not as it should be.
"""

import argparse
import logging
import random
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from tests.faults.disks import (
    damage_the_file,
    fill_the_disk,
    forbid_the_folder,
    forbid_the_user,
    has_mounts,
    limit_the_file,
)
from tests.faults.ground import Ground
from tests.faults.kills import kill_anywhere, kill_migrations, kill_the_program
from tests.faults.others import jump_the_clock, start_a_second
from tests.faults.outcome import Outcome


def try_all(
    folder: Path, *, kills: int, real_kills: int, tries: int, seed: int
) -> Iterable[Outcome]:
    """Try every kind of fault, in `folder`."""
    chance = random.Random(seed)
    ground = Ground(folder / "ground")
    kinds: list[Iterable[Outcome]] = [
        kill_anywhere(ground, kills=kills, chance=chance),
        kill_migrations(ground, kills=tries, chance=chance),
        limit_the_file(ground, tries=tries, chance=chance),
        damage_the_file(ground, tries=2 * tries, chance=chance),
        start_a_second(ground, tries=tries, chance=chance),
        jump_the_clock(ground, tries=tries, chance=chance),
        forbid_the_user(ground),
    ]
    if has_mounts(folder):
        kinds += [
            fill_the_disk(ground, tries=tries, chance=chance),
            forbid_the_folder(ground),
        ]
    else:
        _say("no disk can be mounted here: a full disk is tried by limits on file size alone")
    if real_kills:
        kinds.append(kill_the_program(folder, kills=real_kills, chance=chance))
    return chain.from_iterable(kinds)


def main() -> int:
    """Try, print, and say whether all is well."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kill -9 so often (default 200)")
    parser.add_argument("--real-kills", type=int, default=6, help="so often with the real parser")
    parser.add_argument("--tries", type=int, default=10, help="tries of every other kind")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    given = parser.parse_args()
    # What the ingests log of the faults is theirs to know.
    logging.disable(logging.CRITICAL)
    since = time.monotonic()
    counts: dict[str, list[int]] = {}
    tried = lost = bad = 0
    with tempfile.TemporaryDirectory(prefix="onrecord-faults-") as folder:
        for outcome in try_all(
            Path(folder),
            kills=given.kills,
            real_kills=given.real_kills,
            tries=given.tries,
            seed=given.seed,
        ):
            tried += outcome.faults
            lost += outcome.lost
            count = counts.setdefault(outcome.what, [0, 0, 0])
            count[0] += outcome.faults
            count[1] += outcome.lost
            count[2] += not outcome.is_good
            if not outcome.is_good:
                bad += 1
                _say(
                    f"\n  {outcome.what}: {outcome.lost} rows lost, {outcome.surplus} too many"
                    + "".join(f"\n    {line}" for line in outcome.wrong)
                )
            if sys.stdout.isatty() or tried // 20 > (tried - outcome.faults) // 20:
                _say(f"{tried} faults, {time.monotonic() - since:.0f} s: {outcome.what}", end="\r")
    _say("")
    for what, (faults, rows, wrong) in counts.items():
        _say(f"{what:28} {faults:4} tried  {rows:3} rows lost  {wrong:3} not as it should be")
    _say(f"{time.monotonic() - since:.0f} s, seed {given.seed}")
    _say(f"{tried} faults tried, {lost} rows lost, {bad} tries not as they should be")
    return 1 if lost or bad else 0


def _say(words: str, *, end: str = "\n") -> None:
    sys.stdout.write(words + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
