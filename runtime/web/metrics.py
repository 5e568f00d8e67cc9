"""The metrics: the state of the site's queues, as Prometheus and its like ask for it, for administrators."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from starlette.responses import PlainTextResponse, Response

from runtime.storage.queues import QueueState, queue_states
from runtime.web.api.endpoint import Call

MEDIA_TYPE = "text/plain; version=0.0.4"


class _Gauge(NamedTuple):
    name: str
    help: str


DUE = _Gauge("trellis_queue_due", "Work that could have begun, and that no worker has taken yet.")
OLDEST = _Gauge("trellis_queue_oldest_seconds", "For how long the oldest of what is due has waited.")
LATER = _Gauge("trellis_queue_later", "Work that waits for its time.")
RUNNING = _Gauge("trellis_queue_running", "Work that a worker has.")
FAILED = _Gauge("trellis_queue_failed", "Work that was given up and waits for somebody.")


def show(call: Call) -> Response:
    """What waits in each queue, and for how long."""
    now = call.site.clock.now()
    with call.site.database.read() as connection:
        queues = list(queue_states(connection, now))
    return PlainTextResponse("".join(_lines(queues, now)), media_type=MEDIA_TYPE)


def _lines(queues: Sequence[QueueState], now: datetime) -> Iterator[str]:
    yield from _gauge(DUE, [(each.name, each.due) for each in queues])
    yield from _gauge(OLDEST, [(each.name, round(each.seconds(now), 3)) for each in queues])
    yield from _gauge(LATER, [(each.name, each.later) for each in queues])
    yield from _gauge(RUNNING, [(each.name, each.running) for each in queues])
    yield from _gauge(FAILED, [(each.name, each.failed) for each in queues])


def _gauge(gauge: _Gauge, values: Sequence[tuple[str, float]]) -> Iterator[str]:
    # https://prometheus.io/docs/instrumenting/exposition_formats/
    yield f"# HELP {gauge.name} {gauge.help}\n# TYPE {gauge.name} gauge\n"
    for queue, value in values:
        yield f'{gauge.name}{{queue="{queue}"}} {value}\n'
