"""The words that every layer shares: the closed sets of values (a leaf; imports nothing of ours).

Each enum's values are what the database stores and the API promises, so a value is never renamed.
"""

from enum import StrEnum


class EntityType(StrEnum):
    """What a named entity is."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"


class SpeakerKind(StrEnum):
    """Who an attribution is given to.

    ``named``: an entity of the article. ``unnamed``: somebody the text describes but does not name
    ("a senior military official"). ``own_voice``: the article itself. ``none``: nobody is given.
    """

    NAMED = "named"
    UNNAMED = "unnamed"
    OWN_VOICE = "own_voice"
    NONE = "none"


class QuoteForm(StrEnum):
    """How the marked words stand: the content itself, or marked words inside a paraphrase."""

    DIRECT = "direct"
    PARTIAL = "partial"


class ClaimKind(StrEnum):
    """What an attribution's content is to its source, from the cue and its syntax."""

    STATEMENT = "statement"
    BELIEF = "belief"
    INTENTION = "intention"
    PREDICTION = "prediction"
    ALLEGATION = "allegation"
    DENIAL = "denial"
    EVIDENCE = "evidence"


class MentionKind(StrEnum):
    """How the text refers to an entity: by name, by a description or by a pronoun."""

    NAME = "name"
    DESCRIPTION = "description"
    PRONOUN = "pronoun"


class FileFormat(StrEnum):
    """The seed formats that the readers know."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    NINJS = "ninjs"
    JSONL = "jsonl"
    WARC = "warc"


class SourceStatus(StrEnum):
    """What became of a seed file.

    ``loading``: a part of its articles is committed, or it has to be read again; the rest follows.
    ``failed``: it, or one of its articles, could not be read; its `error` says why.
    """

    LOADING = "loading"
    LOADED = "loaded"
    FAILED = "failed"


class Tagger(StrEnum):
    """Which reader finds the attributions: dependency rules, or the trained model."""

    RULES = "rules"
    MODEL = "model"
