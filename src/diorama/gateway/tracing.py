"""Optional traces: spans of requests and of units of work at the store, sent by OpenTelemetry.

Off unless `DIORAMA_TRACES` names a collector, and then the extra `otel` must be installed; nothing
of OpenTelemetry is imported otherwise. A caller's `traceparent` (W3C Trace Context) is heeded, so a
backend's trace goes on here. Spans carry routes, ids of sessions and statuses, never an address as
it came, a header or a body. Whatever OpenTelemetry's own `OTEL_...` variables set holds.
"""

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Literal, Protocol

import structlog
from starlette.types import Scope

from diorama import __version__
from diorama.kernel.errors import Invalid

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span

SERVICE: Final = "diorama-gateway"
SERVER_ERROR: Final = 500


class RequestSpan(Protocol):
    """A request's span while it is answered."""

    def name(self, route: str, status: int) -> None:
        """Be told what the request turned out to be."""


class Tracing(Protocol):
    """Draws spans."""

    def request(self, scope: Scope) -> AbstractContextManager[RequestSpan]:
        """Return the span of a request."""

    def store(self, kind: Literal["read", "write"]) -> AbstractContextManager[None]:
        """Return the span of a unit of work at the store."""

    def close(self) -> None:
        """Send what is not sent yet."""


class NoTracing:
    """Draws none."""

    def request(self, _scope: Scope) -> AbstractContextManager[RequestSpan]:
        """Return nothing."""
        return _NO_SPAN

    def store(self, _kind: Literal["read", "write"]) -> AbstractContextManager[None]:
        """Return nothing."""
        return _NOTHING

    def close(self) -> None:
        """Do nothing."""


class _Unnamed:
    def name(self, route: str, status: int) -> None:
        """Forget it."""


_NO_SPAN: Final = contextlib.nullcontext[RequestSpan](_Unnamed())
_NOTHING: Final = contextlib.nullcontext[None](None)


class OpenTelemetry:
    """Draws spans and gives them to a processor.

    Args:
        processor: takes spans that ended, such as one that sends them in batches.
    """

    def __init__(self, processor: "SpanProcessor") -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        about = {"service.name": SERVICE, "service.version": __version__}
        self._provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("diorama", __version__)

    @contextlib.contextmanager
    def request(self, scope: Scope) -> Iterator[RequestSpan]:
        """Return the span of a request, under the caller's where it sent one."""
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        sent = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in {b"traceparent", b"tracestate"}
        }
        about = TraceContextTextMapPropagator().extract(sent)
        method = scope["method"]
        with self._tracer.start_as_current_span(method, about, SpanKind.SERVER) as span:
            span.set_attribute("http.request.method", method)
            span.set_attribute("diorama.request_id", str(scope["state"].get("request_id", "")))
            session_id = structlog.contextvars.get_contextvars().get("session_id")
            if isinstance(session_id, str):
                span.set_attribute("diorama.session_id", session_id)
            yield _Named(span, method)

    @contextlib.contextmanager
    def store(self, kind: Literal["read", "write"]) -> Iterator[None]:
        """Return the span of a unit of work at the store."""
        with self._tracer.start_as_current_span(f"store {kind}"):
            yield

    def close(self) -> None:
        """Send what is not sent yet, and stop."""
        self._provider.shutdown()


class _Named:
    def __init__(self, span: "Span", method: str) -> None:
        self._span = span
        self._method = method

    def name(self, route: str, status: int) -> None:
        """Name the span by its route."""
        from opentelemetry.trace import Status, StatusCode

        self._span.update_name(f"{self._method} {route}")
        self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        if status >= SERVER_ERROR:
            self._span.set_status(Status(StatusCode.ERROR))


def tracing_to(endpoint: str | None) -> Tracing:
    """Return what draws spans for a collector of OTLP over HTTP, or draws none.

    Raises:
        Invalid: the extra `otel` is not installed (`otel_missing`).
    """
    if endpoint is None:
        return NoTracing()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise Invalid(
            "DIORAMA_TRACES needs OpenTelemetry: pip install 'diorama[otel]'", code="otel_missing"
        ) from None
    return OpenTelemetry(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
