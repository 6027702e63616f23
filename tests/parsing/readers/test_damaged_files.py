"""Whatever is in a file, the reader gives articles or a `ReadError` and nothing else."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.parsing.errors import ReadError
from app.parsing.readers import SeedFile, find_files, read_file

ARTICLES = Path(__file__).parents[2] / "articles"
FILES = [file for file in find_files([ARTICLES]) if not file.path.name.startswith("gold-")]
SUFFIXES = sorted({file.path.suffix for file in FILES})
KEEP_FOLDER = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read_or_refuse(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    error = None
    try:
        result = read_file(SeedFile(path, path.parent, path.name))
    except ReadError as caught:
        error = caught
    if error is not None:
        assert error.path == path.name
        assert error.reason
        str(error).encode()
        return
    assert result.articles
    assert len({article.key for article in result.articles}) == len(result.articles)
    for article in result.articles:
        assert article.text.strip()
        assert "\r" not in article.text
        article.text.encode()
        assert article.published_at is None or article.published_at.utcoffset() is not None
    "".join(result.warnings).encode()


def test_there_is_an_article_of_every_format() -> None:
    assert SUFFIXES == [".html", ".json", ".jsonl", ".md", ".txt"]


@KEEP_FOLDER
@given(data=st.data())
def test_a_damaged_article(tmp_path: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(FILES), label="file")
    original = file.path.read_bytes()
    start = data.draw(st.integers(0, len(original)), label="start")
    length = data.draw(st.integers(0, 400), label="length")
    patch = data.draw(st.binary(max_size=8), label="patch")
    cut = data.draw(st.booleans(), label="cut off after it")

    damaged = original[:start] + patch + (b"" if cut else original[start + length :])

    read_or_refuse(tmp_path / f"a{file.path.suffix}", damaged)


@pytest.mark.parametrize("suffix", SUFFIXES)
@KEEP_FOLDER
@given(text=st.text(alphabet="<>/p!-{}[]\"':,\\ud8 \n\t#*`_&;=aB1.é😀", max_size=80))
def test_random_marks(tmp_path: Path, suffix: str, text: str) -> None:
    read_or_refuse(tmp_path / f"a{suffix}", text.encode())


@pytest.mark.parametrize("suffix", SUFFIXES)
@KEEP_FOLDER
@given(data=st.binary(max_size=60))
def test_random_bytes(tmp_path: Path, suffix: str, data: bytes) -> None:
    read_or_refuse(tmp_path / f"a{suffix}", data)
