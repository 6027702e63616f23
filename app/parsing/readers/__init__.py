"""Files in, `RawArticle`s out: a module for each format.

`find_files` says which files there are (`find_remote_files` those that are elsewhere), `read_file`
reads one of them.
"""

from app.parsing.readers.article import ReadOptions, ReadResult
from app.parsing.readers.files import SeedFile, find_files
from app.parsing.readers.reading import read_file, read_parts
from app.parsing.readers.remote import RemoteError, find_remote_files, is_url
from app.parsing.readers.warc import Page, Pages, is_warc, list_slices, read_page

__all__ = [
    "Page",
    "Pages",
    "ReadOptions",
    "ReadResult",
    "RemoteError",
    "SeedFile",
    "find_files",
    "find_remote_files",
    "is_url",
    "is_warc",
    "list_slices",
    "read_file",
    "read_page",
    "read_parts",
]
