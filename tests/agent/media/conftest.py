"""What the media tests ask for: each engine, and this machine's encoders."""

import pytest

from diorama.agent.media.choice import ENGINE_NAMES, choose_engine
from diorama.agent.media.engine import MediaEngine
from diorama.agent.media.probe import Encoders, find_encoders


@pytest.fixture(params=ENGINE_NAMES)
async def engine(request: pytest.FixtureRequest) -> MediaEngine:
    """Return one engine after the other."""
    return await choose_engine(request.param)


@pytest.fixture
async def encoders() -> Encoders:
    """Return the encoders of this machine."""
    return await find_encoders()
