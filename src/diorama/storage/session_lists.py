"""The condition that finds an account's sessions by what is asked. Pure: text and values."""

from diorama.sessions.filters import SessionFilter
from diorama.storage.database import Value


def where_listed(
    account_id: str, wanted: SessionFilter, after: str | None
) -> tuple[str, list[Value]]:
    """Return the condition on `session s`, and its values, in order."""
    parts, values = ["s.account_id = ?"], list[Value]([account_id])

    def need(condition: str, *more: Value) -> None:
        parts.append(condition)
        values.extend(more)

    if wanted.live:
        need("s.end_code IS NULL")
    if wanted.states:
        need(f"s.state IN ({_marks(len(wanted.states))})", *sorted(wanted.states))
    if wanted.codes:
        need(f"s.end_code IN ({_marks(len(wanted.codes))})", *sorted(wanted.codes))
    equals = (
        ("s.project_id", wanted.project_id),
        ("s.region", wanted.region),
        ("s.end_user", wanted.end_user),
        ("s.worker_id", wanted.worker_id),
    )
    for column, value in equals:
        if value is not None:
            need(f"{column} = ?", value)
    if wanted.from_us is not None:
        need("s.created_us >= ?", wanted.from_us)
    if wanted.to_us is not None:
        need("s.created_us < ?", wanted.to_us)
    if after is not None:
        need("s.id < ?", after)
    return " AND ".join(parts), values


def _marks(count: int) -> str:
    return ", ".join("?" * count)
