"""Whole lists as files: NDJSON and CSV with every row, Atom feeds of the newest."""
