"""Which articles tell one story: copies of each other, as agencies' reports are printed by many.

Two articles are copies when their signatures (`app.db.sketch`) share a band and their resemblance
is more than a half; a story is all articles that are joined by such pairs. So two articles that
have no words in common are never joined through a third: it cannot be more than half of each. That
is a function of the articles alone, in whatever order they come, and each that comes or goes is
compared with those only that share a band with it, which an index finds.

Bands (locality-sensitive hashing): Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets",
3.4. With 42 bands of 3 slots, two articles of resemblance s share one with the probability
1 - (1 - s^3)^42: 0.996 for a half, 0.04 for a tenth. Signatures are rensa's R-MinHash.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rensa import RMinHash
from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, select, update

from app.db import tables
from app.db.bulk import insert_rows
from app.db.fold import fold_words
from app.db.ready import Ready, is_one_of
from app.db.sketch import SLOTS, to_bytes

# What is stored is made anew when this changes. rensa says when it makes other signatures.
SKETCH_VERSION = f"1-{RMinHash.ALGORITHM_VERSION}"

_SEED = 1
_RUN = 3  # words in a shingle
_LEAST_SHINGLES = 10  # a line or two may well be the same by chance
_BANDS, _ROWS = 42, 3
_RESEMBLANCE = 0.5

_ARTICLES = tables.metadata.tables["articles"]
_SKETCHES = tables.metadata.tables["article_sketches"]
_BAND_ROWS = tables.metadata.tables["article_bands"]
_SKETCH = Ready(
    select(_SKETCHES.c.signature, _SKETCHES.c.story_key).where(
        _SKETCHES.c.article_key == bindparam("article")
    )
)
_SIGNATURES = Ready(
    select(_SKETCHES.c.article_key, _SKETCHES.c.signature)
    .where(is_one_of(_SKETCHES.c.article_key, "keys"))
    .order_by(_SKETCHES.c.article_key)
)
_MEMBERS = Ready(select(_SKETCHES.c.article_key).where(is_one_of(_SKETCHES.c.story_key, "stories")))
_JOIN = Ready(
    update(_SKETCHES)
    .where(
        is_one_of(_SKETCHES.c.article_key, "keys"),
        _SKETCHES.c.story_key.is_distinct_from(bindparam("story", type_=BigInteger)),
    )
    .values(story_key=bindparam("story", type_=BigInteger))
)
_DATES = Ready(
    select(_ARTICLES.c.key, _ARTICLES.c.published_at).where(is_one_of(_ARTICLES.c.key, "keys"))
)


def _make_sharing() -> Ready:
    """Return what finds the articles that share a band with one."""
    mine, other = _BAND_ROWS.alias("mine"), _BAND_ROWS.alias("other")
    given: ColumnElement[int] = bindparam("article")
    shared = (
        select(other.c.article_key)
        .join(mine, mine.c.band == other.c.band)
        .where(mine.c.article_key == given, other.c.article_key != given)
        .distinct()
        .subquery("shared")
    )
    return Ready(
        select(_SKETCHES.c.article_key, _SKETCHES.c.signature, _SKETCHES.c.story_key).join(
            shared, shared.c.article_key == _SKETCHES.c.article_key
        )
    )


_SHARING = _make_sharing()


@dataclass(frozen=True, slots=True)
class Sketch:
    """What an article's words are like.

    Attributes:
        signature: See `app.db.sketch`.
        shingle_count: How many different runs of words it has.
    """

    signature: bytes
    shingle_count: int


@dataclass(frozen=True, slots=True)
class Left:
    """What an article that is about to go, or to be written anew, leaves behind.

    Attributes:
        signature: The article's; None when it had none.
        others: Keys of the other articles of its story.
    """

    signature: bytes | None = None
    others: tuple[int, ...] = ()


def to_sketch(text: str) -> Sketch | None:
    """Return the sketch of an article's text; None for one of too few words to tell anything.

    Case, accents and marks do not count.
    """
    words = fold_words(text)
    shingles = {" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
    if len(shingles) < _LEAST_SHINGLES:
        return None
    sketch = RMinHash(num_perm=SLOTS, seed=_SEED)
    sketch.update(list(shingles))
    return Sketch(to_bytes(sketch.digest()), len(shingles))


def leave_story(connection: Connection, *, article_key: int) -> Left:
    """Say what an article leaves; to be asked before it is deleted."""
    row = _SKETCH.first(connection, article=article_key)
    if row is None:
        return Left()
    if row.story_key is None:
        return Left(row.signature)
    members = _list_members(connection, [row.story_key])
    return Left(row.signature, tuple(key for key in members if key != article_key))


def to_sketch_values(sketch: Sketch | None, *, article_key: int) -> dict[str, list[dict[str, Any]]]:
    """Return an article's sketch as rows, by the name of their table; it has no story yet."""
    if sketch is None:
        return {}
    bands = sorted(to_bands(sketch.signature))
    return {
        _SKETCHES.name: [
            {
                "article_key": article_key,
                "signature": sketch.signature,
                "shingle_count": sketch.shingle_count,
                "story_key": None,
            }
        ],
        _BAND_ROWS.name: [{"band": band, "article_key": article_key} for band in bands],
    }


def write_sketch(connection: Connection, sketch: Sketch | None, *, article_key: int) -> None:
    """Write an article's sketch, in the transaction that wrote the article."""
    for name, rows in to_sketch_values(sketch, article_key=article_key).items():
        insert_rows(connection, tables.metadata.tables[name], rows)


def join_story(
    connection: Connection, *, article_key: int, sketch: Sketch | None, left: Left
) -> None:
    """Bring the stories in line with an article that was just written.

    Args:
        connection: In the transaction that wrote it.
        article_key: The article's.
        sketch: The article's, from `to_sketch`; it is written already.
        left: What it left when it was deleted to be written anew; an empty one for a new article.
    """
    is_same = sketch is not None and sketch.signature == left.signature
    if not is_same:
        _part(connection, left.others)
    if sketch is None:
        return
    others = (
        left.others
        if is_same
        else _find_copies(connection, article_key=article_key, signature=sketch.signature)
    )
    _write_story(connection, {article_key, *others})


def close_story(connection: Connection, *, left: Left) -> None:
    """Bring the stories in line with an article that was just deleted."""
    _part(connection, left.others)


def to_bands(signature: bytes) -> set[int]:
    """Return the keys of a signature's bands, each in [0, 2^63)."""
    size = len(signature) // SLOTS * _ROWS
    return {
        int.from_bytes(
            hashlib.blake2b(
                signature[band * size : (band + 1) * size], digest_size=8, key=bytes([band])
            ).digest(),
            "big",
        )
        >> 1
        for band in range(_BANDS)
    }


def _find_copies(connection: Connection, *, article_key: int, signature: bytes) -> set[int]:
    """Return the articles of all stories that an article is a copy of one of."""
    rows = _SHARING.all(connection, article=article_key)
    if not rows:
        return set()
    found = _resemblances(_to_matrix([signature]), _to_matrix([row.signature for row in rows]))[0]
    copies = [row for row, one in zip(rows, found, strict=True) if one > _RESEMBLANCE]
    stories = {row.story_key for row in copies if row.story_key is not None}
    return {row.article_key for row in copies} | set(_list_members(connection, sorted(stories)))


def _part(connection: Connection, keys: Collection[int]) -> None:
    """Tell anew which of the articles of a former story belong together."""
    if not keys:
        return
    rows = _SIGNATURES.all(connection, keys=sorted(keys))
    signatures = [row.signature for row in rows]
    for group in _find_components(signatures):
        _write_story(connection, {rows[at].article_key for at in group})


def _find_components(signatures: Sequence[bytes]) -> Iterator[list[int]]:
    """Yield which of some signatures are joined by copies, by their places, each once."""
    matrix = _to_matrix(signatures)
    rest = set(range(len(signatures)))
    while rest:
        reached = [rest.pop()]
        for at in reached:
            others = sorted(rest)
            if not others:
                break
            near = _are_copies(matrix[at], matrix[others])
            new = [other for other, is_near in zip(others, near, strict=True) if is_near]
            reached += new
            rest -= set(new)
        yield reached


def _are_copies(one: Any, others: Any) -> Any:
    same = others == one
    bands = same[:, : _BANDS * _ROWS].reshape(len(others), _BANDS, _ROWS)
    return bands.all(axis=2).any(axis=1) & (same.mean(axis=1) > _RESEMBLANCE)


def _resemblances(ones: Any, others: Any) -> Any:
    return (ones[:, None, :] == others[None, :, :]).mean(axis=2)


def _to_matrix(signatures: Sequence[bytes]) -> Any:
    return np.frombuffer(b"".join(signatures), dtype=np.uint32).reshape(-1, SLOTS)


def _list_members(connection: Connection, story_keys: Sequence[int]) -> list[int]:
    return _MEMBERS.scalars(connection, stories=story_keys) if story_keys else []


def _write_story(connection: Connection, keys: Collection[int]) -> None:
    """Write down that some articles, and no others, are one story."""
    story_key = _find_earliest(connection, keys) if len(keys) > 1 else None
    _JOIN.run(connection, keys=sorted(keys), story=story_key)


def _find_earliest(connection: Connection, keys: Collection[int]) -> int:
    rows = _DATES.all(connection, keys=sorted(keys))
    dated = [(row.published_at, row.key) for row in rows if row.published_at is not None]
    key: int = min(dated)[1] if dated else min(row.key for row in rows)
    return key
