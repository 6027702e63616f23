"""What PostgreSQL has of its own: full-text search with FTS5's answers, and the order of lists.

An index table holds each document's words, parted and folded as FTS5's tokenizer does it, between
spaces (`` the front is ``), its columns on lines of their own. A phrase is looked for in these: a
tsvector keeps no more than 255 places of a word, and none after the 16,383rd. The tsvector made of
them says which documents may have the phrase, and how often they have its words.
https://www.postgresql.org/docs/current/textsearch-limitations.html

Triggers keep the index tables in step with those whose words they hold; rows go by a cascade.
"""

from importlib.resources import files

from alembic import op

from app.db.postgresql import set_binary_order

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

# A query has 500 characters at most, and PostgreSQL takes no word of more than 2,046 bytes.
LONGEST_WORD = 500
# The index table, the table whose words it holds, what its documents are made of, and the columns
# whose change makes another document. As in the first migration, an alias is found as it is written
# and as `app.db.fold.fold` has it, and an entity by its name and all of its aliases; as in the
# fifth, a word that nobody writes stands between two, so that no phrase is found across both.
ALIASES = """
    (SELECT string_agg(
        CASE WHEN folded = lower(text COLLATE "C") THEN text
             ELSE text || E'\\n\\uE000\\n' || folded END,
        E'\\n\\uE000\\n' ORDER BY text COLLATE "C"
    ) FROM entity_aliases WHERE entity_key = entities.key)
"""
INDEXED = (
    ("article_search", "articles", ("title", "text"), ("title", "text")),
    ("quote_search", "quotes", ("text",), ("text",)),
    ("claim_search", "claims", ("text",), ("text",)),
    ("entity_search", "entities", ("name", ALIASES), ("name",)),
)


# Lists begin with the newest, and what has no date comes last in either direction. SQLite reads one
# index both ways for that; PostgreSQL's plain indexes have it when read forwards, these backwards.
NEWEST = (
    ("articles", ()),
    ("articles", ("outlet",)),
    ("quotes", ()),
    ("quotes", ("speaker_key",)),
    ("quotes", ("outlet",)),
    ("quotes", ("cue_lemma",)),
    ("claims", ()),
    ("claims", ("claimant_key",)),
    ("claims", ("outlet",)),
)


def to_range(codes: str) -> tuple[int, int]:
    first, _, last = codes.partition("-")
    return int(first, 16), int(last or first, 16)


def read_letters() -> tuple[str, str, str]:
    """Return what parts words, as a regular expression, and which letters become which others."""
    parting, dropped = "", ""
    folded: dict[str, str] = {}
    for line in (files("app.db") / "unicode61.txt").read_text(encoding="utf-8").splitlines():
        kind, *codes = line.split()
        if kind == "part":
            ranges = map(to_range, codes)
            parting += "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
        elif kind in ("drop", "fold"):
            for first, last in map(to_range, codes[kind == "fold" :]):
                letters = map(chr, range(first, last + 1))
                if kind == "drop":
                    dropped += "".join(letters)
                else:
                    folded |= dict.fromkeys(letters, chr(int(codes[0], 16)))
    # translate() drops what has no partner.
    return f"[{parting}]+", "".join(folded) + dropped, "".join(folded.values())


def create_functions() -> None:
    parting, letters, folded = read_letters()
    # Most words are of ASCII letters and need no look at a thousand others. NULL has no words.
    op.execute(
        f"""
        CREATE FUNCTION onrecord_words(value text) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
            SELECT coalesce(' ' || string_agg(word, ' ' ORDER BY place) || ' ', ' ')
            FROM (
                SELECT place, CASE
                    WHEN piece ~ '[^a-z0-9]' THEN translate(piece, '{letters}', '{folded}')
                    ELSE piece
                END AS word
                FROM string_to_table(
                    regexp_replace(lower(value COLLATE "C"), '{parting}', ' ', 'g'), ' '
                ) WITH ORDINALITY AS pieces (piece, place)
            ) AS words
            WHERE word <> ''
        $body$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION onrecord_vector(words text) RETURNS tsvector
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
            SELECT coalesce(string_agg(
                '''' || left(word, {LONGEST_WORD}) || ''':' || least(place, 16383), ' '
            ), '')::tsvector
            FROM string_to_table(translate(words, E'\\n', ''), ' ')
                WITH ORDINALITY AS pieces (word, place)
            WHERE word <> ''
        $body$
        """
    )


def create_trigger(name: str, when: str, body: str) -> None:
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ "
        f"BEGIN {body} RETURN NULL; END $body$"
    )
    op.execute(f"CREATE TRIGGER {name} AFTER {when} EXECUTE FUNCTION {name}()")


def create_index(index: str, table: str, parts: tuple[str, ...], columns: tuple[str, ...]) -> None:
    words = " || E'\\n' || ".join(f"onrecord_words({part})" for part in parts)
    op.execute(f"CREATE VIEW {index}_documents AS SELECT key, {words} AS words FROM {table}")
    op.execute(
        f"""
        CREATE TABLE {index} (
            rowid bigint NOT NULL CONSTRAINT pk_{index} PRIMARY KEY
                CONSTRAINT fk_{index}_rowid_{table} REFERENCES {table} (key)
                ON UPDATE CASCADE ON DELETE CASCADE,
            words text COLLATE "C" NOT NULL,
            vector tsvector NOT NULL GENERATED ALWAYS AS (onrecord_vector(words)) STORED
        )
        """
    )
    op.execute(f"CREATE INDEX ix_{index}_vector ON {index} USING gin (vector)")
    create_trigger(
        f"{index}_insert",
        f"INSERT ON {table} REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
        f"INSERT INTO {index} (rowid, words) "
        f"SELECT key, words FROM {index}_documents WHERE key IN (SELECT key FROM added);",
    )
    changed = " OR ".join(f"old.{column} IS DISTINCT FROM new.{column}" for column in columns)
    create_trigger(
        f"{index}_update",
        f"UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW WHEN ({changed})",
        rewrite(index, "= new.key"),
    )


def rewrite(index: str, which: str) -> str:
    return (
        f"UPDATE {index} SET words = documents.words FROM {index}_documents AS documents "
        f"WHERE documents.key = {index}.rowid AND {index}.rowid {which};"
    )


def create_alias_triggers() -> None:
    # When aliases go with their entity, there is no document left to rewrite.
    for event, rows in (("insert", "NEW"), ("delete", "OLD")):
        create_trigger(
            f"entity_search_alias_{event}",
            f"{event.upper()} ON entity_aliases REFERENCING {rows} TABLE AS changed "
            "FOR EACH STATEMENT",
            rewrite("entity_search", "IN (SELECT entity_key FROM changed)"),
        )
    refuse = "RAISE integrity_constraint_violation USING MESSAGE = '{}';"
    create_trigger(
        "entity_search_alias_update",
        "UPDATE OF entity_key, text, folded ON entity_aliases FOR EACH ROW WHEN "
        "((old.entity_key, old.text, old.folded) IS DISTINCT FROM "
        "(new.entity_key, new.text, new.folded))",
        refuse.format("an alias is changed by deleting it and inserting another"),
    )
    create_trigger(
        "entity_search_key_update",
        "UPDATE OF key ON entities FOR EACH ROW WHEN (old.key <> new.key)",
        refuse.format("the key of an entity does not change"),
    )


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    set_binary_order(op.get_bind())  # the columns that triggers name cannot change after this
    create_functions()
    for indexed in INDEXED:
        create_index(*indexed)
    create_alias_triggers()
    for table, columns in NEWEST:
        name = "_".join(("ix", table, *columns, "newest"))
        of = ", ".join((*columns, "published_at NULLS FIRST", "key"))
        op.execute(f"CREATE INDEX {name} ON {table} ({of})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns in NEWEST:
        op.execute(f"DROP INDEX {'_'.join(('ix', table, *columns, 'newest'))}")
    for name in ("alias_insert", "alias_delete", "alias_update", "key_update"):
        table = "entities" if name == "key_update" else "entity_aliases"
        op.execute(f"DROP TRIGGER entity_search_{name} ON {table}")
        op.execute(f"DROP FUNCTION entity_search_{name}()")
    for index, table, _, _ in INDEXED:
        for name in ("insert", "update"):
            op.execute(f"DROP TRIGGER {index}_{name} ON {table}")
            op.execute(f"DROP FUNCTION {index}_{name}()")
        op.execute(f"DROP TABLE {index}")
        op.execute(f"DROP VIEW {index}_documents")
    op.execute("DROP FUNCTION onrecord_vector(text)")
    op.execute("DROP FUNCTION onrecord_words(text)")
