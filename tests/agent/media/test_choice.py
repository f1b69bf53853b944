import pytest

from diorama.agent.media.choice import ENGINE_NAMES, choose_engine
from diorama.kernel.errors import Invalid


@pytest.mark.parametrize("name", ENGINE_NAMES)
async def test_each_engine_comes_by_its_name(name: str) -> None:
    assert (await choose_engine(name)).name == name


async def test_libwebrtc_is_the_default() -> None:
    assert (await choose_engine()).name == "reactor-webrtc"


async def test_an_unknown_engine_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(Invalid, match="'gstreamer'; allowed: reactor-webrtc, aiortc"):
        await choose_engine("gstreamer")
