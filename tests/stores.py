"""Object stores for tests: servers of their own on this machine, spoken to over their protocols."""

import logging
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest


class _Files(SimpleHTTPRequestHandler):
    """Serves a folder, its list as a page of links; parts of files where `ranges` says so."""

    def __init__(self, *arguments: Any, ranges: bool, **options: Any) -> None:
        self._ranges = ranges
        super().__init__(*arguments, **options)

    def do_GET(self) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if not (self._ranges and asked and path.is_file()):
            super().do_GET()
            return
        data = path.read_bytes()
        start, end = int(asked[1]), min(int(asked[2]), len(data) - 1)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(data)}")
        self.send_header("Content-Length", str(end + 1 - start))
        self.end_headers()
        self.wfile.write(data[start : end + 1])

    def end_headers(self) -> None:
        if self._ranges:
            self.send_header("Accept-Ranges", "bytes")
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def serving_http(folder: Path, *, ranges: bool = True) -> Iterator[str]:
    """Serve a folder over HTTP; yields the address."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Files, ranges=ranges, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def has_stores() -> bool:
    """Say whether there are servers of S3 and of Google's store here, see `make test-stores`."""
    return all(find_spec(name) for name in ("moto", "s3fs", "gcp_storage_emulator", "gcsfs"))


@contextmanager
def serving_s3() -> Iterator[Any]:
    """Run an S3 server (moto's) with an empty bucket ``news``, and have `s3://` mean that one.

    Yields:
        The bucket as s3fs's file system.
    """
    import s3fs
    from moto import server as moto

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "nobody")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        s3fs.S3FileSystem.clear_instance_cache()
        system = s3fs.S3FileSystem()
        system.mkdir("news")
        try:
            yield system
        finally:
            s3fs.S3FileSystem.clear_instance_cache()
            # What it holds is the process's and not the server's.
            urlopen(Request(f"http://{host}:{port}/moto-api/reset", method="POST")).close()
            server.stop()


class _OneByOne(HTTPServer):
    """One request at a time, as the emulator's own command has it: its storage has no lock."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        # gcsfs asks ahead, and hangs up on that when the file is closed before.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving_gcs() -> Iterator[Any]:
    """Run a Google Cloud Storage server (an emulator) with an empty bucket ``news``.

    ``gs://`` means that one, here and in processes started from here.

    Yields:
        The bucket as gcsfs's file system.
    """
    from fsspec.config import conf
    from gcp_storage_emulator.server import RequestHandler
    from gcp_storage_emulator.storage import Storage

    handler = partial(RequestHandler, Storage(use_memory_fs=True))
    server = _OneByOne(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{server.server_port}")
            # Else it asks for the bucket's kind over gRPC, which the emulator does not speak.
            patch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
            for protocol in ("gcs", "gs"):
                patch.setenv(f"FSSPEC_{protocol.upper()}_TOKEN", "anon")
                # fsspec has read its part of the environment when it was imported.
                patch.setitem(conf, protocol, {"token": "anon"})
            import gcsfs

            gcsfs.GCSFileSystem.clear_instance_cache()
            system = gcsfs.GCSFileSystem()
            system.mkdir("news")
            try:
                yield system
            finally:
                gcsfs.GCSFileSystem.clear_instance_cache()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
