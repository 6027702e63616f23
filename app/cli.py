"""The command line: ``onrecord serve | ingest | parse | export | backup | doctor | openapi``.

Everything heavy is imported by the command that needs it, so that ``onrecord --help`` is quick.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from app import __version__
from app.vocabulary import Tagger

if TYPE_CHECKING:
    from app.settings import Settings

app = typer.Typer(
    name="onrecord",
    help=(
        "Reads news articles, works out who said and claimed what about whom, and serves it.\n\n"
        "Every option has a setting beside it, ONRECORD_… in the environment; the option wins."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_STOPPED = 130  # what a shell expects of a program that was told to stop
_Tagger = Annotated[
    Tagger | None,
    typer.Option(help="Who reads attributions: the trained model or the rules."),
]
_Database = Annotated[
    str | None,
    typer.Option("--database-url", help="The database, for instance sqlite:///data/onrecord.db."),
]


def _show_version(asked: bool) -> None:
    if asked:
        print(f"onrecord {__version__}")
        raise typer.Exit


@app.callback()
def run(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """See the help of the whole."""
    del version


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=64, help="Server processes.")] = None,
    seeds: Annotated[
        list[Path] | None,
        typer.Option(help="A file or folder of articles; may be given more than once."),
    ] = None,
    database_url: _Database = None,
    ingest: Annotated[
        bool | None,
        typer.Option("--ingest/--no-ingest", help="Load new and changed articles first."),
    ] = None,
    tagger: _Tagger = None,
) -> None:
    """Load what is new in the seed files and serve the API.

    The API answers at once; /readyz says when the first articles are loaded.
    """
    import os

    from app.lean import lean_imports

    with lean_imports():
        settings = _make_settings(
            host=host,
            port=port,
            workers=workers,
            seeds=tuple(seeds) if seeds else None,
            database_url=database_url,
            ingest_at_start=ingest,
            tagger=tagger,
        )
        port = _find_port(settings)
        settings = settings.model_copy(update={"port": port})

        import uvicorn

        from app.ingest.process import to_environment
        from app.logs import make_log_config
        from app.serving import GRACE_SECONDS, PatientProtocol, allow_many_connections

    allow_many_connections()
    # The application makes its settings from the environment, in each worker.
    os.environ.update(to_environment(settings, base={}))
    address = "localhost" if settings.host in ("0.0.0.0", "::", "127.0.0.1") else settings.host  # noqa: S104  # nosec B104
    url = f"http://{f'[{address}]' if ':' in address else address}:{port}"
    print(
        f"On Record {__version__}\n"
        f"  look at it      {url}/\n"
        f"  try it out      {url}/docs\n"
        f"  who said what   curl -s '{url}/v1/quotes?limit=3'\n"
        f"  is it loaded?   curl -s {url}/readyz\n"
        "Stop with Ctrl-C.",
        flush=True,
    )
    uvicorn.run(
        "app.serving:make_app",
        factory=True,
        host=settings.host,
        port=port,
        workers=settings.workers,
        log_level=settings.log_level,
        log_config=make_log_config(level=settings.log_level, log_format=settings.log_format),
        http=PatientProtocol,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


@app.command("ingest")
def run_once(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH|URL]...",
            help=(
                "Files and folders of articles, in place of ONRECORD_SEEDS; also elsewhere, as in "
                "'s3://bucket/news/*.warc.gz' (needs on-record[cluster])."
            ),
            show_default=False,
        ),
    ] = None,
    database_url: _Database = None,
    tagger: _Tagger = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0, max=256, help="Processes that read and parse; another one, this, writes."
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="A Dask scheduler, tcp://host:8786, whose workers read and parse in their place.",
            show_default=False,
        ),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait for an ingest that is already at work.")
    ] = True,
    wait_seconds: Annotated[
        float | None, typer.Option(min=0, help="Wait for it at most this long.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when any file could not be read.")
    ] = False,
) -> None:
    """Bring the database in line with the seed files, and end.

    The database then holds the articles of these files and no others: what is new or changed is
    read, and a file that is gone takes its articles with it. Files that cannot be read are named,
    with the reason; the rest is loaded.

    Exit code: 0; 1 when it failed, when no file at all could be read, or with --strict when one
    could not; 130 when it was stopped.
    """
    import logging

    settings = _make_settings(
        seeds=tuple(paths) if paths else None,
        database_url=database_url,
        tagger=tagger,
        ingest_workers=workers,
        ingest_scheduler=scheduler,
    )

    from app.db.schema import MigrationsMissingError
    from app.db.trouble import explain_trouble
    from app.ingest.cluster import ClusterError
    from app.ingest.job import run_ingest
    from app.ingest.lock import LockHeldError
    from app.ingest.pool import WorkerStartError
    from app.ingest.process import StopSignal
    from app.ingest.report import make_progress
    from app.ingest.scan import SeedsMissingError

    logging.basicConfig(level=settings.log_level.upper(), format="%(message)s")
    logging.getLogger("alembic").setLevel("WARNING")
    try:
        report = run_ingest(
            settings,
            progress=make_progress(),
            wait_s=(wait_seconds if wait else 0),
            is_stopped=StopSignal(),
        )
    except (
        LockHeldError,
        SeedsMissingError,
        MigrationsMissingError,
        ClusterError,
        WorkerStartError,
        OSError,
        ValueError,
    ) as error:
        _fail(str(error))
    except Exception as error:
        words = explain_trouble(error, url=settings.database_url)
        if words is None:
            raise
        _fail(words)
    for path, field, reason in report.problems:
        _warn(path, field, reason)
    print(report.to_text())
    if report.stopped:
        raise typer.Exit(_STOPPED)
    none_read = report.files_total > 0 and report.files_failed == report.files_total
    if none_read or (strict and report.files_failed):
        raise typer.Exit(1)


@app.command()
def parse(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE|DIR...",
            exists=True,
            help="Articles to read; folders are read to any depth.",
        ),
    ],
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One JSON document a line, with every span as offsets.")
    ] = False,
    html: Annotated[
        bool,
        typer.Option(
            "--html",
            help="Write the page to read each article on into this folder, as one file.",
        ),
    ] = False,
    tagger: _Tagger = None,
) -> None:
    """Print who says what in articles. Needs no database and keeps nothing.

    Without --jsonl it is for reading; with --html it is for reading in a browser, and the names
    of the files are printed. What cannot be read is named on standard error, with the reason.

    Exit code: 0; 1 when nothing could be read.
    """
    import logging

    settings = _make_settings(tagger=tagger)
    logging.basicConfig(level="ERROR", format="%(message)s")

    from app.printing import print_documents, print_views

    failures = 0

    def warn(path: str, field: str | None, reason: str) -> None:
        nonlocal failures
        failures += 1
        _warn(path, field, reason)

    show = print_documents if jsonl else print_views
    if html:
        if jsonl:
            _fail("--html and --jsonl are two ways of showing: take one")
        from app.printing_html import write_pages

        show = write_pages
    try:
        shown = show(settings, paths=paths, warn=warn)
    except BrokenPipeError:
        # Whoever read our output has seen enough ("| head").
        sys.stderr.close()
        raise typer.Exit(0) from None
    except KeyboardInterrupt:
        raise typer.Exit(_STOPPED) from None
    if not shown:
        if not failures:
            _fail(f"there is nothing to read in {' '.join(str(path) for path in paths)}")
        raise typer.Exit(1)


@app.command()
def export(
    parquet: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            file_okay=False,
            help="Write Parquet files into this folder, one for each table.",
        ),
    ],
    database_url: _Database = None,
) -> None:
    """Write the whole database into files, for bulk work with DuckDB, pandas and the like.

    Exit code: 0; 1 when nothing is loaded yet or pyarrow is not installed.
    """
    settings = _make_settings(database_url=database_url)

    from app.db.engine import make_reader_engine
    from app.db.schema import is_current
    from app.db.urls import describe_url
    from app.export import ParquetMissingError, export_parquet

    try:
        engine = make_reader_engine(settings.reader_url)
        if not is_current(engine):
            where = describe_url(settings.reader_url)
            _fail(f"there is nothing at {where} yet; load it: onrecord ingest")
        for written in export_parquet(engine, folder=parquet):
            print(f"{written.path}  {written.rows:,} rows")
    except (ParquetMissingError, OSError, ValueError) as error:
        _fail(str(error))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make.")],
    database_url: _Database = None,
) -> None:
    """Copy the database, as it is at this moment, into a file. Servers and ingest may go on.

    To restore it: stop the server, remove the database's -wal and -shm files, put the copy in the
    database's place, start the server.

    Exit code: 0; 1 when there is no database, or FILE is there already.
    """
    import sqlite3

    settings = _make_settings(database_url=database_url)

    from app.db.backup import back_up
    from app.db.engine import DatabaseMissingError
    from app.db.trouble import explain_trouble

    try:
        size = back_up(settings.database_url, target=target)
    except sqlite3.Error as error:
        _fail(explain_trouble(error, url=settings.database_url) or str(error))
    except (DatabaseMissingError, OSError, ValueError) as error:
        _fail(str(error))
    print(f"{target}  {size:,} bytes")


@app.command()
def doctor(database_url: _Database = None) -> None:
    """Look at database, search index, seeds, model and disk, and say what to do.

    Exit code: 0 when all is well; 1 when something has to be done.
    """
    settings = _make_settings(database_url=database_url)

    from app.doctor import examine

    bad = 0
    for finding in examine(settings):
        bad += not finding.is_good
        print(f"{'ok ' if finding.is_good else 'BAD'} {finding.what:9} {finding.words}")
        if finding.help:
            print(f"              {finding.help}")
    if bad:
        raise typer.Exit(1)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the API, as JSON."""
    import json

    from app.api.openapi import build_openapi
    from app.main import create_app

    print(json.dumps(build_openapi(create_app(_make_settings())), indent=2, ensure_ascii=False))


def _make_settings(**given: Any) -> "Settings":
    """Return the settings of the environment, with the options that were given."""
    from pydantic import ValidationError

    from app.settings import Settings

    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except (ValidationError, ValueError) as error:
        if not isinstance(error, ValidationError):
            _fail(str(error))
        for problem in error.errors():
            name = f"ONRECORD_{str(problem['loc'][0]).upper()}" if problem["loc"] else "settings"
            print(f"onrecord: {name}: {problem['msg']}", file=sys.stderr)
        raise typer.Exit(2) from None


def _find_port(settings: "Settings") -> int:
    """Return the port to serve on; say so plainly when it cannot be had."""
    import errno
    import socket

    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            port: int = listener.getsockname()[1]
            return port
    except OSError as error:
        where = f"port {settings.port} on {settings.host}"
        if error.errno == errno.EADDRINUSE:
            other = settings.port + 1 if settings.port < 65535 else 8000
            _fail(f"{where} is taken by another program; try another one: --port {other}")
        if error.errno == errno.EACCES:
            _fail(f"{where} needs a permission that you do not have; try one above 1023")
        _fail(f"cannot listen on {where}: {error.strerror or error}")


def _warn(path: str, field: str | None, reason: str) -> None:
    print(f"{path}{f' (field {field})' if field else ''}: {reason}", file=sys.stderr)


def _fail(reason: str) -> NoReturn:
    print(f"onrecord: {reason}", file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
