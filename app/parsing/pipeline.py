"""The whole way of one text: a reader of language, then names, speakers, quotations and claims.

The seam is `Reading`: what comes before it (rules on spaCy, or the trained model) can be exchanged;
what comes after it works on the text and the Reading alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from itertools import tee
from pathlib import Path

from app.parsing.attribution.marks import find_marked
from app.parsing.attribution.rules import read_with_rules
from app.parsing.claims import find_claims, find_hedges, find_kind, is_negated
from app.parsing.coreference import Resolver, with_roles
from app.parsing.entities import find_entities
from app.parsing.nlp import load_nlp, parse_texts
from app.parsing.normalize import find_paragraphs
from app.parsing.quotations import find_quotations
from app.parsing.roles import cut_marks, find_roles
from app.parsing.types import Attribution, ParsedArticle, RawArticle, Reading, Span
from app.vocabulary import Tagger

PARSER_VERSION = "1"
"""Raised by hand whenever what is extracted from the same text changes."""

BATCH_SIZE = 128
"""Paragraphs that spaCy takes in one go. On 20 articles 128 took 2.8 s; 32 and 512 took 3.3 s."""

_MODEL_FILE = Path(__file__).parent / "models" / "reader.json"

Texts = Iterable[tuple[str, tuple[Span, ...]]]


def read_model_version() -> str:
    """Return the name of the shipped model ("reader-1"), or "missing"; loads nothing else."""
    try:
        return str(json.loads(_MODEL_FILE.read_bytes())["version"])
    except FileNotFoundError:
        return "missing"


def model_version(tagger: Tagger, *, spacy_model: str) -> str:
    """Say which model reads, without loading it.

    Args:
        tagger: Who finds the attributions.
        spacy_model: The spaCy pipeline's package name.

    Returns:
        For instance "model/reader-1" or "rules/en_core_web_sm 3.8.0"; a package that is not
        installed is "missing".
    """
    if tagger is Tagger.MODEL:
        return f"{tagger.value}/{read_model_version()}"
    try:
        number = version(spacy_model)
    except PackageNotFoundError:
        number = "missing"
    return f"{tagger.value}/{spacy_model} {number}"


class Parser:
    """Turns articles into what was said in them. Made by `load_parser`."""

    def __init__(self, read: Callable[[Texts], Iterator[Reading]]) -> None:
        """Take a reader of language: texts and their paragraphs in, one Reading for each out."""
        self._read = read

    def parse(self, raw: RawArticle) -> ParsedArticle:
        """Parse one article. Bad text raises nothing; it yields less."""
        return next(self.pipe([raw]))

    def pipe(self, raws: Iterable[RawArticle]) -> Iterator[ParsedArticle]:
        """Parse many articles, in order, reading their paragraphs in common batches."""
        ahead, behind = tee((raw, find_paragraphs(raw.text)) for raw in raws)
        readings = self._read((raw.text, paragraphs) for raw, paragraphs in ahead)
        for (raw, paragraphs), reading in zip(behind, readings, strict=True):
            yield assemble(raw, paragraphs=paragraphs, reading=reading)


def load_parser(tagger: Tagger, *, spacy_model: str) -> Parser:
    """Load the models and return a parser.

    Raises:
        OSError: The spaCy pipeline, or the model's files, are not installed.
    """
    if tagger is Tagger.MODEL:
        return Parser(_make_model_reader())
    load_nlp(spacy_model)

    def read(texts: Texts) -> Iterator[Reading]:
        ahead, behind = tee(texts)
        parsed = parse_texts(ahead, spacy_model=spacy_model, batch_size=BATCH_SIZE)
        for (text, paragraphs), pieces in zip(behind, parsed, strict=True):
            yield read_with_rules(text, paragraphs=paragraphs, pieces=pieces)

    return Parser(read)


def _make_model_reader() -> Callable[[Texts], Iterator[Reading]]:
    # Imported here: who reads by rules needs neither onnxruntime nor the model's files.
    from app.parsing.attribution.model_reading import read_with_model
    from app.parsing.model import load_model

    model = load_model()

    def read(texts: Texts) -> Iterator[Reading]:
        for text, paragraphs in texts:
            yield read_with_model(text, paragraphs=paragraphs, model=model)

    return read


def assemble(raw: RawArticle, *, paragraphs: tuple[Span, ...], reading: Reading) -> ParsedArticle:
    """Build the parsed article from a Reading: everything that needs no language model."""
    text = raw.text
    marked = find_marked(text, paragraphs=paragraphs)
    entities, mentions = find_entities(text, reading)
    cues = [cue for found in reading.attributions for cue in found.cue]
    roles = find_roles(text, entities=entities, mentions=mentions, cues=cues)
    entities = with_roles(entities, roles)
    resolver = Resolver(
        text,
        reading,
        entities=entities,
        mentions=mentions,
        quoted=[item.outer for item in marked if item.depth == 0],
    )
    attributions: list[Attribution] = []
    references = []
    for number, found in enumerate(reading.attributions, start=1):
        found = replace(found, source=tuple(cut_marks(text, span) for span in found.source))
        speaker = resolver.resolve(found)
        if speaker.mention is not None:
            references.append(speaker.mention)
        kind = find_kind(text, lemma=found.cue_lemma, source=found.source)
        role = next(
            (
                span
                for source in found.source
                for span in roles.get(speaker.entity or "", ())
                if source.contains(span)
            ),
            None,
        )
        attributions.append(
            Attribution(
                key=f"a{number}",
                content=found.content,
                source=found.source,
                cue=found.cue,
                cue_lemma=found.cue_lemma,
                speaker=speaker.entity,
                speaker_kind=speaker.kind,
                role=role,
                recipient=found.recipient,
                medium=found.medium,
                kind=kind,
                hedges=find_hedges(text, (*found.cue, *found.content)),
                negated=is_negated(text, found.cue, kind),
                method=found.method,
                confidence=found.confidence,
                coreference=speaker.steps,
                candidates=speaker.candidates,
            )
        )
    quotations = find_quotations(text, marked=marked, attributions=attributions, mentions=mentions)
    claims = find_claims(
        text,
        reading=reading,
        attributions=attributions,
        quotations=quotations,
        mentions=mentions,
    )
    return ParsedArticle(
        raw=raw,
        paragraphs=paragraphs,
        sentences=reading.sentences,
        word_count=sum(any(c.isalnum() for c in text[w.start : w.end]) for w in reading.words),
        entities=entities,
        mentions=tuple(
            sorted({m.span: m for m in (*references, *mentions)}.values(), key=lambda m: m.span)
        ),
        attributions=tuple(attributions),
        quotations=quotations,
        claims=claims,
    )
