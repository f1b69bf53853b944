"""Finding an account's sessions. What is asked for by name is looked up here, never trusted."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from diorama.sessions.filters import SessionFilter
from diorama.sessions.lifecycle import Session
from diorama.sessions.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A page of a list that is asked for.

    Attributes:
        account_id: whose sessions.
        fits: what they must be, beside what is named below.
        project: the project's name.
        worker: the worker's name.
        after: the id of the last session of the page before.
        limit: sessions at most.
    """

    account_id: str
    fits: SessionFilter
    limit: int
    project: str | None = None
    worker: str | None = None
    after: str | None = None


def found_by(work: Work, question: Question) -> list[Session]:
    """Return the sessions that fit, newest first; what names nothing of the account fits none."""
    fits = question.fits
    if question.project is not None:
        project = work.stores.projects.named(question.project)
        if project is None or project.account_id != question.account_id:
            return []
        fits = replace(fits, project_id=project.id)
    if question.worker is not None:
        worker_id = work.stores.past_workers.id_of(question.worker)
        if worker_id is None:
            return []
        fits = replace(fits, worker_id=worker_id)
    return work.stores.sessions.listed(
        question.account_id, fits, after=question.after, limit=question.limit
    )


def names_of_workers(work: Work, ids: Iterable[str | None]) -> dict[str, str]:
    """Return what workers are or were called, by their ids."""
    return work.stores.past_workers.names({i for i in ids if i is not None})
