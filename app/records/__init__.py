"""Records: the JSON that the API promises of a quotation or claim, made once, when it is stored.

What is promised of one depends on its article alone and on who is who in it, so it is written with
the article and written anew when that changes. A page is then its rows' records and no more: one
look-up a row, nothing is put together. What a request may add (the article, the speaker's entity,
search hits) has its place in the record as null.
"""

from app.records.claims import claim_record
from app.records.entities import (
    MAX_ALIASES,
    MAX_ROLES,
    drop_entity_records,
    entity_record,
    fill_entity_records,
    make_entity_records,
    read_entity,
)
from app.records.given import article_attribution_record
from app.records.packing import pack, unpack, unpack_each
from app.records.quotes import quote_record
from app.records.reading import (
    read_article_key,
    read_key,
    read_plain_words,
    read_time,
    read_words,
)
from app.records.write import (
    RECORDS_VERSION,
    are_current,
    make_records,
    remake_records,
    update_records,
    write_records,
)

__all__ = [
    "MAX_ALIASES",
    "MAX_ROLES",
    "RECORDS_VERSION",
    "are_current",
    "article_attribution_record",
    "claim_record",
    "drop_entity_records",
    "entity_record",
    "fill_entity_records",
    "make_entity_records",
    "make_records",
    "pack",
    "quote_record",
    "read_article_key",
    "read_entity",
    "read_key",
    "read_plain_words",
    "read_time",
    "read_words",
    "remake_records",
    "unpack",
    "unpack_each",
    "update_records",
    "write_records",
]
