"""What ``onrecord parse`` prints: documents for programs, or a view for people."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from app.ingest.parse import Parser, describe_error, parse_each
from app.parsing.document import to_document
from app.parsing.errors import ReadError
from app.parsing.pipeline import load_parser
from app.parsing.readers import ReadOptions, find_files, read_file
from app.parsing.types import Attribution, Claim, ParsedArticle, RawArticle, Span
from app.settings import Settings
from app.vocabulary import SpeakerKind

# Called with a file's name, the field at fault or None, and the reason.
Warn = Callable[[str, str | None, str], None]

_PORTION = 32  # articles handed to the parser at once
_OWN_CLAIMS_SHOWN = 5


class _Named(NamedTuple):
    id: str
    file: str
    raw: RawArticle


def print_documents(settings: Settings, *, paths: Iterable[Path], warn: Warn) -> int:
    """Print one JSON document a line for each article, as `to_document` makes it.

    A document's id is the file's name without suffix, with ``#`` and the article's key where a
    file has several articles.

    Args:
        settings: Who reads, and how much.
        paths: Files and folders.
        warn: Told what cannot be read; the rest goes on.

    Returns:
        How many documents were printed.
    """
    count = 0
    for id, parsed in parse_all(settings, paths=paths, warn=warn):
        line = json.dumps(to_document(parsed, id=id), ensure_ascii=False)
        # The output is UTF-8 whatever the terminal is set to: JSON is.
        sys.stdout.buffer.write(line.encode("utf-8", "surrogatepass") + b"\n")
        sys.stdout.buffer.flush()
        count += 1
    return count


def print_views(settings: Settings, *, paths: Iterable[Path], warn: Warn) -> int:
    """Print each article for people: who said what, what it claims itself, whom it names.

    Args and return value are those of `print_documents`.
    """
    console = Console()
    count = 0
    for id, parsed in parse_all(settings, paths=paths, warn=warn):
        console.print(make_view(parsed, id=id))
        count += 1
    return count


def make_view(parsed: ParsedArticle, *, id: str) -> RenderableType:
    """Return an article as something that rich can print."""
    raw = parsed.raw
    about = [id, f"{parsed.word_count:,} words"]
    about[1:1] = [part for part in (raw.title, raw.outlet) if part]
    parts: list[RenderableType] = [Rule(Text(" · ".join(about)), align="left")]
    if parsed.attributions:
        parts.append(_list_attributions(parsed))
    else:
        parts.append(Text("Nobody is given anything.", style="dim"))
    own = [claim for claim in parsed.claims if claim.attribution is None]
    if own:
        parts.append(_list_own_claims(raw.text, own))
    if parsed.entities:
        parts.append(_list_entities(parsed))
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def parse_all(
    settings: Settings, *, paths: Iterable[Path], warn: Warn
) -> Iterator[tuple[str, ParsedArticle]]:
    """Yield each article with its id, in the order of files; `warn` hears of the others."""
    parser: Parser | None = None
    for portion in _read_in_portions(settings, paths=paths, warn=warn):
        if parser is None:
            parser = load_parser(settings.tagger, spacy_model=settings.spacy_model)
        outcomes = parse_each(
            parser, [one.raw for one in portion], labels=[one.id for one in portion]
        )
        for one, outcome in zip(portion, outcomes, strict=True):
            if isinstance(outcome, Exception):
                warn(one.file, None, f"article {one.raw.key}: {describe_error(outcome)}")
            else:
                yield one.id, outcome


def _read_in_portions(
    settings: Settings, *, paths: Iterable[Path], warn: Warn
) -> Iterator[list[_Named]]:
    options = ReadOptions(max_bytes=settings.max_file_bytes, max_chars=settings.max_article_chars)
    portion: list[_Named] = []
    for file in find_files(paths):
        try:
            result = read_file(file, options=options)
        except ReadError as error:
            warn(file.name, error.field, error.reason)
            continue
        except Exception as error:
            warn(file.name, None, describe_error(error))
            continue
        for warning in result.warnings:
            warn(file.name, None, warning)
        stem = Path(file.name).stem
        for raw in result.articles:
            portion.append(
                _Named(stem if len(result.articles) == 1 else f"{stem}#{raw.key}", file.name, raw)
            )
            if len(portion) >= _PORTION:
                yield portion
                portion = []
    if portion:
        yield portion


def _list_attributions(parsed: ParsedArticle) -> RenderableType:
    text = parsed.raw.text
    names = {entity.key: entity.name for entity in parsed.entities}
    quoted = {quotation.attribution for quotation in parsed.quotations}
    table = Table(box=None, padding=(0, 2, 0, 0), title="Who said what", title_justify="left")
    for heading, width in (("who", 28), ("how", 14), ("what", None)):
        table.add_column(heading, header_style="dim", overflow="fold", max_width=width)
    for attribution in parsed.attributions:
        what = Text(_join(text, attribution.content))
        if attribution.key in quoted:
            what.stylize("bold")
        table.add_row(
            _say_who(attribution, text=text, names=names),
            Text(_join(text, attribution.cue) or "-"),
            what,
        )
    return table


def _say_who(attribution: Attribution, *, text: str, names: dict[str, str]) -> Text:
    if attribution.speaker is not None:
        who = Text(names[attribution.speaker], style="cyan")
        words = _join(text, attribution.source)
        if words and words != names[attribution.speaker]:
            who.append(f" ({words})", style="dim")
        return who
    kind = "unnamed" if attribution.speaker_kind == SpeakerKind.UNNAMED else "nobody"
    return Text(_join(text, attribution.source) or kind, style="yellow")


def _list_own_claims(text: str, claims: list[Claim]) -> RenderableType:
    first = sorted(claims, key=lambda claim: -claim.check_worthiness)[:_OWN_CLAIMS_SHOWN]
    title = f"What the article says itself ({len(first)} of {len(claims)}, worth checking first)"
    table = Table(box=None, padding=(0, 2, 0, 0), title=title, title_justify="left")
    table.add_column("worth", header_style="dim", justify="right")
    table.add_column("claim", header_style="dim", overflow="fold")
    for claim in first:
        table.add_row(f"{claim.check_worthiness:.2f}", Text(_join(text, claim.content)))
    return table


def _list_entities(parsed: ParsedArticle) -> RenderableType:
    counts = Counter(mention.entity for mention in parsed.mentions)
    table = Table(box=None, padding=(0, 2, 0, 0), title="Whom it names", title_justify="left")
    for heading in ("name", "type", "mentions", "roles"):
        table.add_column(
            heading, header_style="dim", justify="right" if heading == "mentions" else "left"
        )
    for entity in parsed.entities:
        roles = "; ".join(_join(parsed.raw.text, [role]) for role in entity.roles)
        table.add_row(
            Text(entity.name, style="cyan"), entity.type, str(counts[entity.key]), Text(roles)
        )
    return table


def _join(text: str, spans: Iterable[Span]) -> str:
    return " … ".join(" ".join(span.of(text).split()) for span in spans)
