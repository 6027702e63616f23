"""``/metrics`` in the text format of Prometheus (https://prometheus.io/docs/instrumenting/).

Each server process answers for itself.
"""

import time
from collections.abc import Iterable

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app import __version__
from app.api.dataset import DatasetCache
from app.api.deps import get_source, read_dataset
from app.api.finished import FinishedAnswers
from app.api.observing import Metrics
from app.api.parameters import Parameters, check_names

router = APIRouter(include_in_schema=False)


class DataCollector(Collector):
    """The state of the data and of the kept answers, as they are when somebody asks.

    Args:
        dataset: The state of the data.
        finished: The kept answers.
    """

    def __init__(self, dataset: DatasetCache, finished: FinishedAnswers) -> None:
        """See the class."""
        self._dataset = dataset
        self._finished = finished

    def collect(self) -> Iterable[Metric]:
        """Yield one metric after the other; those of the data only once they have been read."""
        yield _gauge("onrecord_cache_bytes", "Bytes of kept answers.", self._finished.kept_bytes)
        yield CounterMetricFamily(
            "onrecord_cache_hits", "Requests answered from kept answers.", self._finished.hits
        )
        yield CounterMetricFamily(
            "onrecord_cache_misses", "Requests that were not kept.", self._finished.misses
        )
        state = self._dataset.peek()
        if state is None:
            return
        info = GaugeMetricFamily(
            "onrecord_dataset", "Always 1; its labels say what is served.",
            labels=("version", "parser", "model", "software", "state"),
        )  # fmt: skip
        names = (state.version or "", state.parser_version, state.model_version)
        info.add_metric((*names, __version__, state.state), 1)
        yield info
        yield _gauge("onrecord_ready", "1 when data are served.", int(state.ready))
        yield _gauge("onrecord_ingest_files_done", "Seed files dealt with.", state.files_done)
        yield _gauge("onrecord_ingest_files", "Seed files to deal with.", state.files_total)
        if state.changed_at is not None:
            age = max(0.0, time.time() - state.changed_at.timestamp())
            yield _gauge("onrecord_dataset_age_seconds", "Since the data last changed.", age)


@router.get("/metrics")
async def get_metrics(request: Request) -> Response:
    """Write out all metrics of this process."""
    check_names(request, Parameters)
    await read_dataset(get_source(request))
    metrics: Metrics = request.app.state.metrics
    return Response(
        generate_latest(metrics.registry),
        media_type=CONTENT_TYPE_LATEST,
        headers={"Cache-Control": "no-store"},
    )


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value)
