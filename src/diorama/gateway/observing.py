"""Around every request: what is counted, logged and traced of it, and what its log lines carry.

Log lines written while a request is answered carry its `request_id`, and the `session_id` where its
address names a session. A request that changed something, or failed, is one line at its end; one
that only read is none. Of addresses only a route's template is shown, for it alone is known to hold
no secret.
"""

import contextlib
import re
import time
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diorama.gateway.metrics import UNKNOWN_ROUTE, Metrics
from diorama.gateway.tracing import Tracing
from diorama.kernel.units import SECOND_US
from diorama.sessions.lifecycle import Event
from diorama.sessions.work import RunStep, Step
from diorama.simulations.lifecycle import RunEvent

READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FAILED: Final = 400
_SESSION: Final = re.compile(r"^/v1/sessions/(ses_[0-9a-z]{1,60})(?:/|$)")

_log: Final = structlog.stdlib.get_logger(__name__)


class Observed:
    """An ASGI application, seen.

    Args:
        app: what answers.
        metrics: counts requests.
        tracing: draws a span around each.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, tracing: Tracing) -> None:
        self._app = app
        self._metrics = metrics
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        answer = _Answer(send, lambda status, took_s: self._count(scope, status, took_s))
        try:
            with _about(scope), self._tracing.request(scope) as span:
                await self._app(scope, receive, answer.send)
                span.name(route_of(scope), answer.status)
                self._note(scope, answer)
        except Exception:  # one that is cancelled failed nobody
            if answer.took_s is None:
                self._count(scope, answer.status, None)
            raise

    def _count(self, scope: Scope, status: int, took_s: float | None) -> None:
        self._metrics.answered(scope["method"], route_of(scope), status, took_s)

    def _note(self, scope: Scope, answer: "_Answer") -> None:
        method, route = scope["method"], route_of(scope)
        if method not in READS or answer.status >= FAILED:
            _log.info(
                "request",
                method=method,
                route=route,
                status=answer.status,
                took_ms=None if answer.took_s is None else round(answer.took_s * 1_000, 1),
            )


class _Answer:
    """What is seen of an answer while it goes out; a feed has no end to be measured.

    It is counted before it is sent: who has it, and asks what was counted, finds it there.
    """

    def __init__(self, send: Send, began: Callable[[int, float], None]) -> None:
        self._send = send
        self._began = began
        self._began_s = time.perf_counter()
        self.status = 500
        self.took_s: float | None = None

    async def send(self, message: Message) -> None:
        """Pass one message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.took_s = time.perf_counter() - self._began_s
            self._began(self.status, self.took_s)
        await self._send(message)


def route_of(scope: Scope) -> str:
    """Return the template of the route that answered, such as `/v1/sessions/{session_id}`."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else UNKNOWN_ROUTE


def log_steps(steps: Iterable[Step]) -> None:
    """Log each session that was opened, and each that ended: one line a step of its life."""
    for step in steps:
        session = step.after
        if step.event is Event.REQUESTED:
            _log.info(
                "session opened",
                session_id=session.id,
                account=session.account_id,
                project_id=session.project_id,
                region=session.region,
            )
        elif session.end is not None and step.event is Event.ENDED:
            stay_us = (session.ended_us or session.created_us) - session.created_us
            _log.info(
                "session ended",
                session_id=session.id,
                account=session.account_id,
                code=int(session.end.code),
                reason=session.end.reason,
                after_s=round(stay_us / SECOND_US, 3),
            )


def log_run_steps(steps: Iterable[RunStep]) -> None:
    """Log each run of a simulation that was tried again, and each that is over."""
    for step in steps:
        run = step.after
        about = {"run_id": run.id, "simulation_id": run.simulation_id, "account": run.account_id}
        if step.event is RunEvent.RETRIED:
            _log.info("run waits again", **about, attempt=run.attempt, worker_id=run.worker_id)
        elif step.event is RunEvent.ENDED:
            _log.info(
                "run over",
                **about,
                state=run.state.value,
                reason=run.reason,
                frames=run.frames,
                metered_s=round(run.metered_us / SECOND_US, 3),
            )


def _about(scope: Scope) -> contextlib.AbstractContextManager[object]:
    """Return a context in which log lines name the session that a request is about."""
    found = _SESSION.match(scope["path"])
    if found is None:
        return contextlib.nullcontext()
    return structlog.contextvars.bound_contextvars(session_id=found[1])
