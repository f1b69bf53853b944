"""Which sessions of an account are asked for. Pure."""

from dataclasses import dataclass

from diorama.protocol.states import SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """Those that fit all that is said.

    Attributes:
        ids: only these; None is every one.
        live: only those that have not ended.
        states: any of these; none named is every one.
        codes: ended with any of these; none named is any end, or none.
        worker_id: the worker that they are on, or were on last.
        from_us: asked for at this instant or later.
        to_us: asked for before this instant.
    """

    ids: frozenset[str] | None = None
    live: bool = False
    states: frozenset[SessionState] = frozenset()
    codes: frozenset[int] = frozenset()
    project_id: str | None = None
    region: str | None = None
    end_user: str | None = None
    worker_id: str | None = None
    from_us: int | None = None
    to_us: int | None = None


ALL = SessionFilter()
LIVE = SessionFilter(live=True)
