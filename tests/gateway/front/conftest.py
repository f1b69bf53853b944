"""The one port, as its tests ask it: with raw bytes, as a client does."""

from dataclasses import replace

import pytest

from diorama.gateway.front import Front
from tests.gateway.front.application import LIMITS, SOON_S, Application
from tests.gateway.raw_http import WITHIN_S


@pytest.fixture
def app() -> Application:
    return Application()


@pytest.fixture
def impatient(front: Front) -> Front:
    """Return the front with little patience for headers."""
    return replace(front, headers_within_s=SOON_S)


@pytest.fixture
def front(app: Application) -> Front:
    return Front(rest=app, limits=LIMITS, headers_within_s=WITHIN_S)
