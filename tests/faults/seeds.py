"""A mixed folder of seeds before and after a day's work: new, changed, moved and deleted files.

In the tiny language of `tests.ingest.fake_parser`. The same every time: what differs between two
runs is then the fault and nothing else.
"""

import json
import random
from pathlib import Path

_FIRST = ("Ann", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hal")
_LAST = tuple(f"{head}{tail}" for head in ("Bel", "Nor", "Mar", "Pik", "Orr") for tail in (
    "low", "by", "sten", "ton", "wick"
))  # fmt: skip
_PLACES = ("Riga", "Oslo", "Bonn", "Turin", "Cork")


def write_before(seeds: Path) -> None:
    """Write the files that the database already holds."""
    write_articles(seeds, "wire.jsonl", range(6), edition=1)
    write_articles(seeds, "deep/agency.jsonl", range(100, 103), edition=1)
    write_articles(seeds, "moves.jsonl", range(200, 204), edition=1)
    for number in range(4):
        _write_text(seeds, f"plain/{number}.txt", number=300 + number, edition=1)
    for number in range(3):
        _write_text(seeds, f"gone/{number}.md", number=400 + number, edition=1)
    _write(seeds, "broken.json", '{"bodies": [')
    _write(seeds, "entities.yaml", "entities: [{id: cy-bellow, same_as: [gus-orrby]}]\n")


def write_after(seeds: Path) -> None:
    """Write what has become of them since."""
    write_articles(seeds, "wire.jsonl", range(3, 9), edition=1)  # 3 gone, 3 kept, 3 new
    write_articles(seeds, "deep/agency.jsonl", range(100, 103), edition=2)  # all changed
    write_articles(seeds, "a-moved-here.jsonl", range(202, 206), edition=1)
    write_articles(seeds, "moves.jsonl", range(200, 202), edition=1)
    for number in range(2):
        _write_text(seeds, f"plain/{number}.txt", number=300 + number, edition=2)
    for number in range(3):
        (seeds / f"gone/{number}.md").unlink()
    for number in range(3):
        _write_text(seeds, f"new/{number}.txt", number=500 + number, edition=1)
    _write(seeds, "broken.json", '{"bodies": [{"role": "main", "value": "Mended in Cork."}]}')
    _write(seeds, "entities.yaml", "entities: [{id: ann-bellow, same_as: [fay-pikton]}]\n")
    _write(seeds, "cut.json", '{"bodies": [{"role": "ma')
    _write(seeds, "breaks-the-parser.txt", "BREAK it in Riga, said nobody.")


def _compose(number: int, *, edition: int) -> str:
    """Return an article in which people of a small circle speak, so that articles share them."""
    chance = random.Random(number * 1000 + edition)
    sentences = []
    for _ in range(chance.randint(1, 2)):
        name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        place = chance.choice(_PLACES)
        role = chance.choice(("", "the mayor ", "the judge "))
        sentences.append(f'"No {number} of {edition} in {place}," said {role}{name} in {place}.')
    return "\n\n".join(sentences)


def write_articles(seeds: Path, name: str, numbers: range, *, edition: int) -> None:
    """Write a file of articles, one a line; another edition of a number says something else."""
    lines = [
        {
            "id": f"urn:{number}",
            "title": f"Title {number}",
            "authors": ["Ida Wren"],
            "outlet": f"Paper {number % 3}",
            "published_at": f"2026-0{1 + number % 9}-01T08:00:00Z",
            "text": _compose(number, edition=edition),
        }
        for number in numbers
    ]
    _write(seeds, name, "\n".join(json.dumps(line) for line in lines))


def _write_text(seeds: Path, name: str, *, number: int, edition: int) -> None:
    _write(seeds, name, _compose(number, edition=edition))


def _write(seeds: Path, name: str, text: str) -> None:
    path = seeds / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
