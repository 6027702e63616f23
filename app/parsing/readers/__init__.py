"""Files in, `RawArticle`s out: a module for each format.

`find_files` says which files there are, `read_file` reads one of them.
"""

from app.parsing.readers.article import ReadOptions, ReadResult
from app.parsing.readers.files import SeedFile, find_files
from app.parsing.readers.reading import read_file

__all__ = ["ReadOptions", "ReadResult", "SeedFile", "find_files", "read_file"]
