"""Every construction that attributes: text -> source, cue and content, word for word."""

from collections.abc import Callable

import pytest

from app.parsing.types import ParsedArticle

Parse = Callable[[str], ParsedArticle]

TABLE = [
    # cue verb with subject and clause
    (
        "Marta Lind said the harbour would close on Friday.",
        [("Marta Lind", "said", ["the harbour would close on Friday"])],
    ),
    (
        "Lind has claimed that the harbour belongs to the city.",
        [("Lind", "has claimed", ["that the harbour belongs to the city"])],
    ),
    (
        "The mayor did not say that the bridge was safe.",
        [("The mayor", "did not say", ["that the bridge was safe"])],
    ),
    (
        "Lind also noted that the bridge was old.",
        [("Lind", "also noted", ["that the bridge was old"])],
    ),
    # quotations before, after, inverted
    (
        "“The water is rising,” Lind said.",
        [("Lind", "said", ["“The water is rising,”"])],
    ),
    (
        "“The water is rising,” said Ola Brandt, a retired sailor.",
        [("Ola Brandt, a retired sailor", "said", ["“The water is rising,”"])],
    ),
    (
        'Lind said: "The water is rising."',
        [("Lind", "said", ['"The water is rising."'])],
    ),
    # a quotation that its cue splits
    (
        "“The water is rising,” Lind said. “We have to leave.”",
        [("Lind", "said", ["“The water is rising,”", "“We have to leave.”"])],
    ),
    # several sentences in one quotation
    (
        "“The water is rising. We have to leave,” Lind said.",
        [("Lind", "said", ["“The water is rising. We have to leave,”"])],
    ),
    # according to
    (
        "The bridge is unsafe, according to the city engineer.",
        [("the city engineer", "according to", ["The bridge is unsafe"])],
    ),
    (
        "According to Lind, the bridge is unsafe.",
        [("Lind", "According to", ["the bridge is unsafe"])],
    ),
    # a cue that shares its source
    (
        "“The bridge is safe,” Lind said, and alleged that the engineers had lied.",
        [
            ("Lind", "said", ["“The bridge is safe,”"]),
            ("Lind", "alleged", ["that the engineers had lied"]),
        ],
    ),
    # a cue in the middle of its content
    (
        "The town lacked enough boats to leave, she explained, which could lead to panic.",
        [
            (
                "she",
                "explained",
                ["The town lacked enough boats to leave", "which could lead to panic"],
            )
        ],
    ),
    # intentions
    (
        "Lind has promised to rebuild the bridge by winter.",
        [("Lind", "has promised", ["to rebuild the bridge by winter"])],
    ),
    # evidence
    (
        "The survey shows that most residents want to leave.",
        [("The survey", "shows", ["that most residents want to leave"])],
    ),
    # noun cues
    (
        "Lind repeated her claim that the engineers had lied.",
        [("her", "claim", ["that the engineers had lied"])],
    ),
    # accusation
    (
        "Lind accused the engineers of lying.",
        [("Lind", "accused", ["the engineers of lying"])],
    ),
    # nothing is said
    ("Marta Lind walked to the harbour and bought a boat.", []),
    ("It rained.", []),
]


@pytest.mark.model
@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[row[0][:40] for row in TABLE])
def test_attributions(parse: Parse, text: str, expected: list[tuple[str, str, list[str]]]) -> None:
    found = [
        (
            " ".join(span.of(text) for span in item.source),
            " ".join(span.of(text) for span in item.cue),
            [span.of(text) for span in item.content],
        )
        for item in parse(text).attributions
    ]
    assert found == expected


@pytest.mark.model
def test_recipient_and_medium(parse: Parse) -> None:
    text = (
        "“We are leaving,” a senior official told Reuters.\n"
        "“The front is crumbling,” Ola Brandt wrote on Telegram."
    )
    first, second = parse(text).attributions
    assert first.recipient is not None
    assert first.recipient.of(text) == "Reuters"
    assert second.medium is not None
    assert second.medium.of(text) == "Telegram"


@pytest.mark.model
def test_of_nested_attributions_the_outermost_is_kept(parse: Parse) -> None:
    text = "Lind said the mayor believes that the bridge is safe."
    (item,) = parse(text).attributions
    assert item.source[0].of(text) == "Lind"
    assert item.content[0].of(text) == "the mayor believes that the bridge is safe"


@pytest.mark.model
def test_no_code_point_has_two_roles(parse: Parse) -> None:
    text = "\n".join(row[0] for row in TABLE)
    for item in parse(text).attributions:
        points = [p for part in (*item.source, *item.cue, *item.content) for p in range(*part)]
        assert len(points) == len(set(points)), item
