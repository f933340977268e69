"""What a machine may ask of a running Paperboy: is it alive, is it ready, how is it doing."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.answers import Loaded, Progress, Reload
from bot.errors import UserError
from bot.web import Probe

T = TypeVar("T")

_LAGS = (1, 30, 60, 300, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600)
_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 3)


class Metrics:
    """Counts and times, in a registry of their own."""

    def __init__(self, corpus_size: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self._search_seconds = Histogram(
            "paperboy_search_seconds", "Time to answer a query", buckets=_SECONDS, registry=self.registry
        )
        self._posts = Counter(
            "paperboy_digest_posts",
            "Claims and messages of digests, by what became of them",
            ["outcome"],
            registry=self.registry,
        )
        self._lag = Histogram(
            "paperboy_digest_lag_seconds",
            "Time from a slot to the claim of its digest",
            buckets=_LAGS,
            registry=self.registry,
        )
        self._tick = Gauge(
            "paperboy_last_tick_seconds", "When it was last asked what is due", registry=self.registry
        )
        self._reloads = Counter(
            "paperboy_reloads",
            "Reloads asked for in Slack, by what became of them",
            ["outcome"],
            registry=self.registry,
        )
        for outcome in ("done", "failed"):
            self._reloads.labels(outcome)
        papers = Gauge("paperboy_papers", "Papers that a search goes through", registry=self.registry)
        papers.set_function(corpus_size)

    def posted(self, outcome: str) -> None:
        """Count what became of a digest's message."""
        self._posts.labels(outcome).inc()

    def lagged(self, seconds: float) -> None:
        """Record how long after its slot a digest was claimed."""
        self._lag.observe(seconds)

    def ticked(self, when: datetime) -> None:
        """Record when it was asked what is due."""
        self._tick.set(when.timestamp())

    def counted(self, reload: Reload) -> Reload:
        """Return the reload so that what becomes of it is counted, unless it is refused."""

        def run(who: str, told: Callable[[Progress], None]) -> Loaded:
            try:
                loaded = reload(who, told)
            except UserError:
                raise
            except Exception:
                self._reloads.labels("failed").inc()
                raise
            self._reloads.labels("done").inc()
            return loaded

        return run

    def timed(self, search: Callable[[str, int], T]) -> Callable[[str, int], T]:
        """Return the search so that its time is recorded."""

        def run(text: str, limit: int) -> T:
            with self._search_seconds.time():
                return search(text, limit)

        return run


def probes(metrics: Metrics, unready: Callable[[], str]) -> Mapping[str, Probe]:
    """Return /healthz, /readyz and /metrics; `unready` says what is missing, or nothing."""

    def healthz() -> tuple[int, str, str]:
        return HTTPStatus.OK, "text/plain", "alive\n"

    def readyz() -> tuple[int, str, str]:
        if missing := unready():
            return HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", f"{missing}\n"
        return HTTPStatus.OK, "text/plain", "ready\n"

    def metrics_text() -> tuple[int, str, str]:
        return HTTPStatus.OK, "text/plain; version=0.0.4", generate_latest(metrics.registry).decode()

    return {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics_text}
