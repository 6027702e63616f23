"""A disk that is full, a folder that cannot be written, a file that is damaged."""

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.db.engine import PAGE_BYTES
from tests.faults.ground import Ground, find_faults
from tests.faults.outcome import Outcome, expect_state
from tests.faults.processes import Ended, ingest_again, run_ingest_as_program, start, start_ingest


def has_mounts(folder: Path) -> bool:
    """Say whether this machine lets us mount a small disk of our own."""
    try:
        with _disk(folder / "mount-try", size=1 << 20):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def _disk(at: Path, *, size: int) -> Iterator[Path]:
    at.mkdir(parents=True)
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(at)],
        check=True,
        capture_output=True,
    )
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True, capture_output=True)


def _remount(at: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(at)], check=True, capture_output=True)


def fill_the_disk(ground: Ground, *, tries: int, chance: random.Random) -> Iterator[Outcome]:
    """Give ingest a disk that ends somewhere between the first write and the last."""
    needed = _measure_growth(ground)
    for number in range(tries):
        with _disk(ground.folder / f"disk-{number}", size=1 << 26) as at:
            house = ground.build("house", at=at)
            taken = _count_bytes(at)
            _remount(at, f"size={taken + int(chance.uniform(0.05, 0.9) * needed)}")
            ended = start_ingest(house.settings).wait()
            wrong = _expect_reason(ended, "is full", "does not take or give")
            _remount(at, f"size={1 << 26}")
            wrong += find_faults(house.settings)
            wrong += ingest_again(house)
            yield expect_state("disk full", house, ground.expected, wrong=wrong)


def limit_the_file(ground: Ground, *, tries: int, chance: random.Random) -> Iterator[Outcome]:
    """The same without a disk of our own: no file may grow beyond a limit (RLIMIT_FSIZE)."""
    for _ in range(tries):
        house = ground.build()
        limit = int(chance.uniform(0.02, 0.9) * house.database.stat().st_size)
        ended = start_ingest(house.settings, largest_file=limit).wait()
        wrong = _expect_reason(ended, "is full", "does not take or give")
        wrong += find_faults(house.settings)
        wrong += ingest_again(house)
        yield expect_state("file size limit", house, ground.expected, wrong=wrong)
        shutil.rmtree(house.folder)


def forbid_the_folder(ground: Ground) -> Iterator[Outcome]:
    """Ingest into a folder on a disk that is mounted read-only, and then into the same writable."""
    with _disk(ground.folder / "read-only", size=1 << 26) as at:
        house = ground.build("house", at=at)
        bytes_before = house.database.read_bytes()
        _remount(at, "ro")
        log = ground.folder / "read-only.log"
        settings = house.settings
        ended = start(lambda: run_ingest_as_program(settings), log=log).wait()
        wrong = _expect_reason(ended, "Read-only file system", "cannot be written")
        if house.database.read_bytes() != bytes_before:
            wrong.append("the file changed")
        _remount(at, "rw")
        wrong += ingest_again(house)
        yield expect_state("read-only folder", house, ground.expected, wrong=wrong)


def forbid_the_user(ground: Ground) -> Iterator[Outcome]:
    """Ingest as a user who may read the database and its folder, and not write them."""
    house = ground.build()
    for folder in (*ground.folder.parents, ground.folder, house.folder, house.database.parent):
        if folder.is_relative_to(ground.folder.parent) and folder != Path("/"):
            folder.chmod(0o755)
    house.database.chmod(0o644)
    log = ground.folder / "user.log"
    log.touch()
    log.chmod(0o666)
    settings = house.settings

    def work() -> None:
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        else:
            house.database.parent.chmod(0o555)
            house.database.chmod(0o444)
        run_ingest_as_program(settings)

    ended = start(work, log=log).wait()
    house.database.parent.chmod(0o755)
    house.database.chmod(0o644)
    wrong = _expect_reason(ended, "Permission denied", "cannot be written")
    wrong += ingest_again(house)
    yield expect_state("folder of another user", house, ground.expected, wrong=wrong)


def damage_the_file(ground: Ground, *, tries: int, chance: random.Random) -> Iterator[Outcome]:
    """Overwrite or cut off a part of the database, and ingest.

    Either ingest says that the file is damaged and what to do, and what it says to do brings back
    every row; or the damage was in what nobody reads, and nothing is missing.
    """
    for number in range(tries):
        house = ground.build()
        what = _damage(house.database, number=number, chance=chance)
        ended = start_ingest(house.settings).wait()
        if ended.code == 0:
            yield expect_state(what, house, ground.expected, wrong=[])
            shutil.rmtree(house.folder)
            continue
        wrong = _expect_reason(ended, "is damaged")
        for name in (house.database, *house.database.parent.glob("test.db-*")):
            name.rename(house.folder / f"damaged-{name.name}")
        wrong += ingest_again(house)
        yield expect_state(what, house, ground.expected_anew, wrong=wrong)
        shutil.rmtree(house.folder)


def _damage(database: Path, *, number: int, chance: random.Random) -> str:
    size = database.stat().st_size
    with database.open("r+b") as file:
        if number == 0:
            file.write(b"This is no database, it is a letter to a friend.")
            return "damage: a header overwritten"
        if number % 4 == 1:
            file.truncate(chance.randrange(PAGE_BYTES, size))
            return "damage: a file cut off"
        page = chance.randrange(1, size // PAGE_BYTES)
        if number % 4 == 2:
            file.seek(page * PAGE_BYTES)
            file.write(bytes(PAGE_BYTES))
            return "damage: a page of zeros"
        file.seek(page * PAGE_BYTES + chance.randrange(0, 100))
        file.write(chance.randbytes(chance.randrange(8, 2000)))
        return "damage: bytes overwritten"


def _measure_growth(ground: Ground) -> int:
    """Return how many bytes ingest adds to the folder at most, about."""
    with _disk(ground.folder / "disk-measure", size=1 << 26) as at:
        house = ground.build("house", at=at)
        before = _count_bytes(at)
        running = start_ingest(house.settings)
        most = before
        while not _has_ended(running.pid):
            most = max(most, _count_bytes(at))
        return most - before


def _has_ended(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG)[0] != 0


def _count_bytes(at: Path) -> int:
    status = os.statvfs(at)
    return (status.f_blocks - status.f_bfree) * status.f_frsize


def _expect_reason(ended: Ended, *reasons: str) -> list[str]:
    if ended.code == 0:
        return ["ingest did not notice"]
    if not any(reason in ended.words for reason in reasons):
        return [f"ingest did not say why: {ended.words[-600:]}"]
    return []
