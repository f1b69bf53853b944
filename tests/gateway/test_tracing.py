"""Traces, where somebody wants them."""

import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.types import Message, Receive, Scope, Send

from diorama.gateway.metrics import Metrics
from diorama.gateway.observing import Observed
from diorama.gateway.tracing import NoTracing, OpenTelemetry, tracing_to
from diorama.kernel.errors import Invalid

TRACE = "0af7651916cd43dd8448eb211c80319c"


class Route:
    path = "/v1/sessions/{session_id}"


@pytest.fixture
def spans() -> Iterator[tuple[OpenTelemetry, InMemorySpanExporter]]:
    exporter = InMemorySpanExporter()
    tracing = OpenTelemetry(SimpleSpanProcessor(exporter))
    yield tracing, exporter
    tracing.close()


async def ask(tracing: OpenTelemetry, *, status: int = 200) -> None:
    """Ask an application that looks into the store once."""

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        scope["route"] = Route
        with tracing.store("read"):
            await send({"type": "http.response.start", "status": status, "headers": []})

    async def send(_message: Message) -> None:
        return

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope: Scope = {
        "type": "http",
        "method": "GET",
        "path": "/v1/sessions/ses_1",
        "query_string": b"token=dst_secret",
        "headers": [
            (b"traceparent", f"00-{TRACE}-b7ad6b7169203331-01".encode()),
            (b"authorization", b"Bearer dio_secret"),
        ],
        "state": {"request_id": "req_1"},
    }
    await Observed(app, Metrics(), tracing)(scope, receive, send)


async def test_a_request_is_a_span_of_its_callers_trace(
    spans: tuple[OpenTelemetry, InMemorySpanExporter],
) -> None:
    tracing, exporter = spans

    await ask(tracing)

    store, request = exporter.get_finished_spans()
    assert (store.name, request.name) == ("store read", "GET /v1/sessions/{session_id}")
    assert request.context is not None
    assert f"{request.context.trace_id:032x}" == TRACE
    assert store.parent == request.context
    assert dict(request.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/sessions/{session_id}",
        "http.response.status_code": 200,
        "diorama.request_id": "req_1",
        "diorama.session_id": "ses_1",
    }


async def test_a_failure_of_ours_is_an_error_and_no_secret_is_in_a_span(
    spans: tuple[OpenTelemetry, InMemorySpanExporter],
) -> None:
    tracing, exporter = spans

    await ask(tracing, status=500)

    request = exporter.get_finished_spans()[-1]
    assert not request.status.is_ok
    assert "secret" not in request.to_json()


def test_without_a_collector_there_are_no_traces() -> None:
    assert isinstance(tracing_to(None), NoTracing)


def test_traces_without_the_extra_are_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "opentelemetry.exporter.otlp.proto.http.trace_exporter"
    monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(Invalid, match=r"pip install 'diorama\[otel\]'"):
        tracing_to("http://127.0.0.1:4318/v1/traces")
