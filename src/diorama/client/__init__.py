"""Diorama for Python programs: REST, sync and async. Reference: docs/sdk-python.md."""

from diorama.client.async_diorama import AsyncDiorama
from diorama.client.diorama import Diorama
from diorama.client.errors import (
    ClientError,
    Failed,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    NotUnderstood,
    Problem,
    Refused,
    SessionOver,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from diorama.client.retries import Retries

__all__ = [
    "AsyncDiorama",
    "ClientError",
    "Diorama",
    "Failed",
    "Forbidden",
    "Invalid",
    "LimitReached",
    "NotFound",
    "NotUnderstood",
    "Problem",
    "Refused",
    "Retries",
    "SessionOver",
    "TooManyRequests",
    "Unauthorized",
    "Unavailable",
    "Unreachable",
]
