"""Each sieve on texts made for it: the speaker and the rule that found it."""

import pytest

from app.vocabulary import EntityType, SpeakerKind
from tests.parsing.handmade import parse, speakers

P, O, L = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE  # noqa: E741
Said = list[tuple[str, str, str]]


@pytest.mark.parametrize(
    ("text", "names", "said", "speaker", "rule"),
    [
        # who owns or made what is said
        ("Marta Lind’s insistence that it rained.", {"Marta Lind": P},
         [("Marta Lind’s", "insistence", "that it rained")], "Marta Lind", "owner"),
        ("An analysis by Ola Brandt says it rained.", {"Ola Brandt": P},
         [("An analysis by Ola Brandt", "says", "it rained")], "Ola Brandt", "author"),
        ("A Marta Lind ad says it rained.", {"Marta Lind": P},
         [("A Marta Lind ad", "says", "it rained")], "Marta Lind", "owner:what-is-said"),
        ("The Lind campaign met. Marta Lind’s campaign said it rained.",
         {"Marta Lind": P, "Lind campaign": O},
         [("Marta Lind’s campaign", "said", "it rained")], "Lind campaign", "owner:campaign"),
        # descriptions
        ("Senator Ola Brandt slept. Marta Lind sang. The senator said it rained.",
         {"Ola Brandt": P, "Marta Lind": P},
         [("The senator", "said", "it rained")], "Ola Brandt", "description:role"),
        ("A judge said it rained. Justice Ola Brandt of Velm left.", {"Ola Brandt": P},
         [("A judge", "said", "it rained")], "Ola Brandt", "description:role"),
        ("The Harbour Safety Board met. The board said it rained.", {"Harbour Safety Board": O},
         [("The board", "said", "it rained")], "Harbour Safety Board", "description:word-of-name"),
        ("The harbour board said it rained. The Sorn Harbour Board met.",
         {"Sorn Harbour Board": O},
         [("The harbour board", "said", "it rained")], "Sorn Harbour Board",
         "description:word-of-name"),
        ("So wrote Velmo first. The newspaper said it rained.", {"Velmo": O},
         [("The newspaper", "said", "it rained")], "Velmo", "description:kind"),
        ("The Lind campaign met. Marta Lind sang. The campaign said it rained.",
         {"Marta Lind": P, "Lind campaign": O},
         [("The campaign", "said", "it rained")], "Lind campaign", "description:campaign-of-last"),
        ("Marta Lind sang. The 41-year-old said it rained.", {"Marta Lind": P},
         [("The 41-year-old", "said", "it rained")], "Marta Lind", "description:subject-before"),
        # pronouns
        ("Marta Lind left. It rained. It poured. It froze. It thawed. She said it was cold.",
         {"Marta Lind": P}, [("She", "said", "it was cold")], "Marta Lind",
         "pronoun:only-one-so-far"),
        ("The Sorn Board met. It said that all was well.", {"Sorn Board": O},
         [("It", "said", "that all was well")], "Sorn Board", "pronoun:subject-before"),
        ("Jon Lind left, while Marta Lind stayed. His remarks said it rained.",
         {"Jon Lind": P, "Marta Lind": P}, [("His remarks", "said", "it rained")], "Jon Lind",
         "pronoun:subject-before"),
    ],
)  # fmt: skip
def test_named(
    text: str, names: dict[str, EntityType], said: Said, speaker: str, rule: str
) -> None:
    parsed = parse(text, names, said)
    assert speakers(parsed) == [speaker]
    assert parsed.attributions[0].coreference[0].rule == rule


@pytest.mark.parametrize(
    ("text", "names", "said"),
    [
        # polls are nobody's, whoever made them
        ("A Velmo poll said it rained.", {"Velmo": O}, [("A Velmo poll", "said", "it rained")]),
        # an unnamed one was spoken of
        ("Marta Lind met an old official. The official said it rained.", {"Marta Lind": P},
         [("The official", "said", "it rained")]),
        # of another party
        ("Democratic nominee Marta Lind left. The Republican nominee said it rained.",
         {"Marta Lind": P}, [("The Republican nominee", "said", "it rained")]),
        # two newspapers
        ("Velmo and Sornat closed. The newspaper said it rained.", {"Velmo": O, "Sornat": O},
         [("The newspaper", "said", "it rained")]),
        ("Voters said it rained.", {}, [("Voters", "said", "it rained")]),
        ("Jon Lind left. So his aides insisted it rained.", {"Jon Lind": P},
         [("his", "insisted", "it rained")]),
        # many, some of them listed
        ("Dozens of papers such as Velmo and Sornat said it rained.", {"Velmo": O, "Sornat": O},
         [("Dozens of papers such as Velmo and Sornat", "said", "it rained")]),
    ],
)  # fmt: skip
def test_unnamed(text: str, names: dict[str, EntityType], said: Said) -> None:
    (attribution,) = parse(text, names, said).attributions
    assert attribution.speaker_kind is SpeakerKind.UNNAMED


def test_i_in_a_quotation_is_its_speaker() -> None:
    text = "“I think it rained,” Marta Lind said."
    said = [("I", "think", "it rained"), ("Marta Lind", "said", "“I think it rained,”")]
    parsed = parse(text, {"Marta Lind": P}, said)
    assert speakers(parsed) == ["Marta Lind", "Marta Lind"]
    assert parsed.attributions[0].coreference[0].rule == "dialogue:first-person"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“It rained,” Ola Lind said. “It was cold.”", ["Ola Lind", "Ola Lind"]),
        ("“It rained,” Ola Lind said. All slept. “It was cold.”", ["Ola Lind", None]),
    ],
)
def test_a_quotation_goes_on_with_its_speaker(text: str, expected: list[str | None]) -> None:
    said = [("Ola Lind", "said", "“It rained,”"), ("", "", "“It was cold.”")]
    assert speakers(parse(text, {"Ola Lind": P}, said)) == expected


def test_the_second_of_two_speakers_is_a_candidate() -> None:
    text = "Marta Lind and Ola Brandt said it rained."
    names = {"Marta Lind": P, "Ola Brandt": P}
    (item,) = parse(text, names, [("Marta Lind and Ola Brandt", "said", "it rained")]).attributions
    assert [candidate.reason for candidate in item.candidates] == ["joint-source"]
