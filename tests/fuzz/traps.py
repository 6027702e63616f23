"""Names and kinds of files that lead astray: links, pipes, devices, sockets, odd names."""

import os
import socket
from pathlib import Path

from app.parsing.errors import ReadError
from app.parsing.readers import find_files, read_file

_SECRET = "This is a secret that no reader may show to anybody at all."


def check_traps(folder: Path) -> list[str]:
    """Set every trap in a folder of its own and read it.

    Returns:
        What should not be, in words: an exception that is no `ReadError`, or words of a file
        that lies outside of the folder. A pipe that is waited for hangs.
    """
    outside = folder / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text(_SECRET)
    seeds = folder / "seeds"
    set_traps(seeds, outside=outside)
    faults = []
    names = set()
    for file in find_files([seeds]):
        names.add(file.name)
        try:
            result = read_file(file)
        except ReadError as error:
            str(error).encode()
            continue
        except Exception as error:
            faults.append(f"trap {file.name}: {error!r}")
            continue
        if any(_SECRET[:20] in article.text for article in result.articles):
            faults.append(f"trap {file.name}: a file outside of the folder was read")
    if len(names) < len(list(seeds.iterdir())) - 2:
        faults.append(f"only {len(names)} of the traps were found")
    return faults


def set_traps(seeds: Path, *, outside: Path) -> None:
    """Make the traps."""
    seeds.mkdir()
    for suffix in (".txt", ".md", ".html", ".json", ".jsonl"):
        os.mkfifo(seeds / f"pipe{suffix}")
    (seeds / "link.txt").symlink_to(outside / "secret.txt")
    (seeds / "relative.txt").symlink_to("../outside/secret.txt")
    (seeds / "chain.txt").symlink_to(seeds / "link.txt")
    (seeds / "folder").symlink_to(outside, target_is_directory=True)
    (seeds / "circle.txt").symlink_to(seeds / "circle.txt")
    (seeds / "broken.txt").symlink_to(seeds / "nothing.txt")
    (seeds / "device.txt").symlink_to("/dev/zero")
    (seeds / "process.txt").symlink_to("/proc/self/environ")
    (seeds / "dir.txt").mkdir()
    (seeds / "loop").mkdir()
    (seeds / "loop" / "up").symlink_to(seeds, target_is_directory=True)
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()
        os.chdir(seeds)  # a socket's path has room for 100 characters
        listener.bind("socket.txt")
        os.chdir(here)
    for name in (
        "-rf.txt", " .txt", "a\nb.txt", "\u202etxt.exe.txt", "a\\b.txt", "%2e%2e%2f.txt",
        "'; --.txt", "x" * 240 + ".txt", "🙂.txt", "<script>.txt", "CON.txt",
        "a.txt.gz", ".hidden.txt", "a.TXT",
    ):  # fmt: skip
        (seeds / name).write_text("Ann Bell said that it rained.")
    (Path(os.fsdecode(os.fsencode(seeds) + b"/\xff\xfe.txt"))).write_text("Ann Bell spoke.")
    deep = seeds
    for _ in range(60):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "deep.txt").write_text("Ann Bell said that it rained.")
