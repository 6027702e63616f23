"""The same quotations as a Datasette user would publish them: https://datasette.io.

One file with the tables `speakers` and `quotes`, the second with every column that ours has, a
foreign key to the first, and an index for the page that is asked for.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from datasette.utils import tilde_encode

from tests.benchmarks.scenarios import PAGE, list_places, open_corpus

LEFT_OUT = {"record"}  # what the API stores so that it need not build it is no row of a user's


def write_datasette(path: Path, *, corpus: Path) -> Path:
    """Write the file beside a corpus, unless it is there and younger."""
    if path.exists() and path.stat().st_mtime > corpus.stat().st_mtime:
        return path
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=OFF").fetchall()
        database.execute("PRAGMA synchronous=OFF")
        database.execute("ATTACH ? AS corpus", (str(corpus),))
        columns = [
            (name, kind)
            for _, name, kind, *_ in database.execute("PRAGMA corpus.table_info(quotes)")
            if name not in LEFT_OUT
        ]
        database.execute("CREATE TABLE speakers (key INTEGER PRIMARY KEY, name TEXT)")
        declared = ", ".join(
            f'"{name}" INTEGER PRIMARY KEY' if name == "key" else f'"{name}" {kind}'
            for name, kind in columns
        )
        database.execute(
            f"CREATE TABLE quotes ({declared}, FOREIGN KEY (speaker_key) REFERENCES speakers (key))"
        )
        database.execute("BEGIN")
        database.execute("INSERT INTO speakers SELECT key, name FROM corpus.entities ORDER BY key")
        names = ", ".join(f'"{name}"' for name, _ in columns)
        database.execute(f"INSERT INTO quotes SELECT {names} FROM corpus.quotes ORDER BY key")
        database.execute("COMMIT")
        # In Datasette's own order for `_sort_desc`, so that it need not sort.
        database.execute("CREATE INDEX of_speaker ON quotes (speaker_key, published_at DESC, key)")
    return path


def list_datasette_pages(corpus: Path, *, name: str, labels: bool) -> list[str]:
    """Return the addresses of the pages that `cold_page` asks of ours, for Datasette's JSON API.

    Args:
        corpus: The corpus.
        name: Datasette's name for the file.
        labels: Ask for the speaker's name beside the key.
    """
    more = "&_labels=on" if labels else ""
    with open_corpus(corpus) as rows:
        return [
            f"/{name}/quotes.json?_shape=objects&speaker_key={place.speaker_key}&_size={PAGE}"
            f"&_sort_desc=published_at&_next={tilde_encode(place.published_at)}%2C{place.key}{more}"
            for place in list_places(rows)
        ]
