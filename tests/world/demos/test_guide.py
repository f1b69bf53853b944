"""The guide for world authors says what is true: its code is run here."""

import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from diorama.protocol.input import KeyDown, PointerMove, TouchStart, Wheel
from diorama.world import World
from diorama.world.demos.cove import Cove
from diorama.world.demos.dreamer import Dreamer
from tests.world.demos.stage import put_on

GUIDE = Path(__file__).parents[3] / "docs" / "worlds.md"
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def load(name: str) -> ModuleType:
    """Run the block of the guide that defines `name`."""
    module = ModuleType("guide")
    block = next(
        block for block in BLOCKS if re.search(rf"^(class|def) {name}\b", block, re.MULTILINE)
    )
    exec(compile(block, "docs/worlds.md", "exec"), vars(module))
    return module


def world(name: str) -> World:
    made = getattr(load(name), name)()
    assert isinstance(made, World)
    return made


@pytest.mark.parametrize("name", ["MyWorld", "Walker", "Painter", "Framed", "Counter"])
def test_each_world_of_the_guide_renders_what_it_promises(name: str) -> None:
    play = put_on(world(name))

    picture = play.pass_frames(2)

    width, height = play.world.size
    assert picture.shape == (height, width, 3)
    assert picture.dtype == np.uint8


def test_the_smallest_world_follows_the_pointer() -> None:
    play = put_on(world("MyWorld"))

    play.do(PointerMove(0.25, 0.5))

    assert play.pass_frames(1)[180, 160].min() > 240


@pytest.mark.parametrize(
    "act",
    [
        KeyDown("KeyD", "d"),
        PointerMove(0.5, 0.5, movement_x=20.0, buttons=1),
        TouchStart(1, 0.7, 0.5),
        Wheel(0.0, 200.0),
    ],
)
def test_the_walker_answers_all_that_the_guide_says(
    act: KeyDown | PointerMove | TouchStart | Wheel,
) -> None:
    play, still = put_on(world("Walker")), put_on(world("Walker"))

    play.do(act)

    assert not np.array_equal(play.pass_frames(4), still.pass_frames(4))


def test_the_painter_understands_and_ends() -> None:
    play = put_on(world("Painter"))

    play.world.on_prompt("something Green")
    play.world.on_message({"type": "enough"})

    assert play.stage.sent == [{"type": "understood", "words": ["green"]}]
    assert play.stage.ended
    assert play.pass_frames(1)[0, 0].tolist() == [40, 160, 80]


def test_the_image_that_was_given_is_shown() -> None:
    play = put_on(world("Framed"))
    image = np.zeros((30, 20, 3), np.uint8)
    image[:15] = 200

    play.world.on_image(image, "a painting")

    shown = play.pass_frames(1)
    assert shown[10, 160].tolist() == [200, 200, 200]
    assert shown[170, 160].tolist() == [0, 0, 0]
    assert play.stage.sent == [{"type": "title", "text": "a painting"}]


def test_the_counter_goes_on_from_its_snapshot() -> None:
    left = put_on(world("Counter"))
    left.pass_frames(5)
    again = put_on(world("Counter"))

    again.world.restore(left.world.snapshot() or b"")

    assert np.array_equal(again.pass_frames(1), left.pass_frames(1))


def test_the_stage_of_the_guide_can_host_a_world() -> None:
    frames = load("first_frames").first_frames(world("Counter"), 3)

    assert len(set(frames)) == 3


def test_the_worlds_that_ship_are_named_as_they_are() -> None:
    text = GUIDE.read_text(encoding="utf-8")

    assert f"{Cove.__module__.removesuffix('.world')}:{Cove.__name__}" in text
    assert f"{Dreamer.__module__.removesuffix('.world')}:{Dreamer.__name__}" in text
