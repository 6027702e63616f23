"""Who speaks in an article, in the order of the text: the reader's margin."""

from dataclasses import dataclass

from app.api.articles.annotations import Annotations
from app.api.spans import SplitSpan
from app.pages.records import is_pronoun, shorten


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing that somebody is given, for the margin.

    Attributes:
        anchor: The HTML id of its mark.
        words: Its first words.
        quoted: True when those are the speaker's own.
        cue: The words that give it to the speaker, or None.
    """

    anchor: str
    words: str
    quoted: bool
    cue: str | None


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who speaks, with what he is given until somebody else speaks.

    Attributes:
        name: The entity's name, or the words of the text for somebody unnamed.
        slug: The entity's id; None for somebody unnamed.
        clear: False when the text has nothing but a pronoun that could not be resolved.
        role: How the text describes the speaker there, or None.
        said: In text order; at least one.
    """

    name: str
    slug: str | None
    clear: bool
    role: str | None
    said: tuple[Utterance, ...]


def list_voices(annotations: Annotations) -> list[Voice]:
    """Return who speaks, in text order; what one says in a row is together."""
    quotes = {
        quote["attribution"]["id"]: quote
        for quote in reversed(annotations["quotes"])
        if quote["attribution"] is not None
    }
    voices: list[Voice] = []
    for attribution in annotations["attributions"]:
        speaker = attribution["speaker"]
        if speaker is None or speaker["name"] is None:
            continue
        quote = quotes.get(attribution["id"])
        cue = attribution["cue"]
        said = Utterance(
            anchor=attribution["id"] if quote is None else quote["id"],
            words=shorten(_join(attribution["content"]) if quote is None else quote["text"]),
            quoted=quote is not None,
            cue=None if cue is None else " ".join(cue["text"].split()),
        )
        name, slug = " ".join(speaker["name"].split()), speaker["entity_id"]
        if voices and (voices[-1].slug, voices[-1].name) == (slug, name):
            last = voices.pop()
            role = last.role or speaker["role"]
            voices.append(Voice(name, slug, last.clear, role, (*last.said, said)))
        else:
            clear = slug is not None or not is_pronoun(name)
            voices.append(Voice(name, slug, clear, speaker["role"], (said,)))
    return voices


def _join(spans: SplitSpan) -> str:
    """Return the words of all parts; what stands between them is the source's or the cue's."""
    return " … ".join(part["text"] for part in spans["parts"])
