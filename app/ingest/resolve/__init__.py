"""Which entity over all articles an article's entity is.

`evidence` says what an article tells of each of its entities, `keys` which of them are compared at
all, `score` weighs two against each other with reasons in words, `cluster` parts the entities of
one name, `groups` does so where an article came or went, `addresses` gives out the slugs, and
`corrections` is what users know better. Whatever is decided is a function of the set of articles,
never of their order; what is not certain stays apart.

How long it takes: beside 1,000,000 articles' entities that are 800,000 people and places, with
surnames as unevenly spread as in life, a new article of 20 entities is stored in 0.14 s (median of
100; 95 in 0.31 s, the worst 0.41 s; two cores that others used too, SQLite), everything included.
`tests/quality/measure_resolver.py` measures it. What is not bounded so: an article that comes
before all others of a name can change who is who in many of them, and these are rewritten.
"""

from app.ingest.resolve.addresses import choose_name, read_entity_rows
from app.ingest.resolve.corrections import Corrections
from app.ingest.resolve.evidence import list_locals
from app.ingest.resolve.resolver import Moved, Touch, read_entities, resolve, touch_locals
from app.ingest.resolve.slugs import to_slug
from app.ingest.resolve.stored import read_touched, write_locals

RESOLVER_VERSION = "1"
"""Raised by hand whenever the same articles give other entities, or other evidence is kept."""

__all__ = [
    "RESOLVER_VERSION",
    "Corrections",
    "Moved",
    "Touch",
    "choose_name",
    "list_locals",
    "read_entities",
    "read_entity_rows",
    "read_touched",
    "resolve",
    "to_slug",
    "touch_locals",
    "write_locals",
]
