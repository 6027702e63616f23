"""Make the dictionary with which records are packed (`app.records.packing`), from our own articles.

    python -m training.record_dictionary [--measure DATABASE] [--write]

Reads the seed article and the invented ones of the tests, and trains a dictionary on the records of
their quotations and claims. With --measure it packs the records of a database, which it was not
trained on, with the dictionary that the software has, and says what that costs and saves.
"""

import argparse
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import zstandard

from app.ingest.job import run_ingest
from app.records.packing import pack, unpack
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
_FILE = ROOT / "app" / "records" / "dictionary.zstd"
_BYTES = 8192
_MOST = 20_000
_TABLES = ("quote_records", "claim_records")


def read_records(database: Path, table: str) -> list[bytes]:
    """Return the records of a database's table, unpacked: at most 20,000, by key."""
    key = table.replace("_records", "_key")
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as opened:
        rows = opened.execute(f"SELECT record FROM {table} ORDER BY {key} LIMIT {_MOST}")
        return [unpack(stored) for (stored,) in rows]


def list_own_records() -> list[bytes]:
    """Return the records of the articles in `seeds/` and `tests/articles/`."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "own.db"
        run_ingest(
            Settings(
                database_url=f"sqlite:///{database}",
                seeds=[ROOT / "seeds", ROOT / "tests" / "articles"],
            )
        )
        return [record for table in _TABLES for record in read_records(database, table)]


def train(records: list[bytes]) -> bytes:
    """Return a dictionary of 8 kB for records like these."""
    return zstandard.train_dictionary(_BYTES, records).as_bytes()


def _measure(table: str, records: list[bytes]) -> None:
    count = len(records)
    began = time.process_time()
    packed = [pack(record) for record in records]
    between = time.process_time()
    unpacked = [unpack(stored) for stored in packed]
    ended = time.process_time()
    if unpacked != records:
        raise RuntimeError("a record is not what it was")
    plain, small = sum(map(len, records)) / count, sum(map(len, packed)) / count
    print(
        f"{table}: {count:,} records of {plain:.0f} bytes, packed {small:.0f}; "
        f"µs to pack {(between - began) / count * 1e6:.1f}, "
        f"to unpack {(ended - between) / count * 1e6:.1f}"
    )


def main() -> None:
    """Train, or measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--measure", type=Path, metavar="DATABASE")
    parser.add_argument("--write", action="store_true", help="replace the software's dictionary")
    asked = parser.parse_args()
    if asked.measure is not None:
        for table in _TABLES:
            _measure(table, read_records(asked.measure, table))
    if asked.write:
        _FILE.write_bytes(train(list_own_records()))


if __name__ == "__main__":
    main()
