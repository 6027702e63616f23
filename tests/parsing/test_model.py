"""The shipped reader model on texts of our own."""

import pytest

from app.parsing.attribution.extract import find_attributions
from app.parsing.model import ReaderModel, load_model, rate_sentences
from app.parsing.model_names import find_names
from app.parsing.pieces import find_paragraphs

pytestmark = pytest.mark.model

ARTICLE = (
    "The council voted on Monday to close the bridge, Mayor Ana Ruiz said.\r\n\r\n"
    "“It has not been safe since 2019,” Ruiz told reporters. “We cannot wait any longer.”\r\n\r\n"
    "According to a report by Harlow University, 4,000 cars cross it every day."
)


@pytest.fixture(scope="module")
def model() -> ReaderModel:
    return load_model()


def test_attributions_have_source_cue_and_content(model: ReaderModel) -> None:
    found = find_attributions(model.read(ARTICLE), tuning=model.tuning)
    told = [
        tuple(" | ".join(s.of(ARTICLE) for s in part) for part in (a.source, a.cue, a.content))
        for a in found
    ]
    assert told[1][0] == "Ruiz"
    assert told[1][1] in ("told", "told reporters")
    assert told[1][2] == "“It has not been safe since 2019,” | “We cannot wait any longer.”"
    assert told[0][1] == "said"
    assert all(0 < a.confidence < 1 for a in found)


def test_names_are_typed(model: ReaderModel) -> None:
    names = {n.span.of(ARTICLE): n.type.value for n in find_names(model.read(ARTICLE))}
    assert names["Ana Ruiz"] == names["Ruiz"] == "person"
    assert names["Harlow University"] == "organisation"


def test_a_figure_is_more_worth_checking_than_a_question(model: ReaderModel) -> None:
    text = "Unemployment fell to 4.9 percent last year, the lowest since 2008. Are you ready?"
    end = text.index(" Are")
    rates = rate_sentences(
        model.read(text), [(0, end), (end + 1, len(text)), (0, 0)], tuning=model.tuning
    )
    assert rates[0] > 0.5 > rates[1] > rates[2] == 0.0


def test_a_text_reads_the_same_beside_others(model: ReaderModel) -> None:
    alone = model.read(ARTICLE)
    piped = list(model.pipe(["Short.", ARTICLE, ""]))
    assert (piped[1].tags == alone.tags).all()
    assert len(piped[2].tags) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \r\n",
        "\ud800 said “x”",
        "“" * 600,
        "a\u0301 👩‍👩‍👧 said: “نعم 中文字 ok”",
        "x" * 9000,
        "'" * 600,
    ],
)
def test_odd_texts_yield_less_but_never_raise(model: ReaderModel, text: str) -> None:
    scores = model.read(text)
    for one in find_attributions(scores, tuning=model.tuning):
        for span in (*one.source, *one.cue, *one.content):
            assert 0 <= span.start < span.end <= len(text)
    find_names(scores)
    assert find_paragraphs(text) is not None
