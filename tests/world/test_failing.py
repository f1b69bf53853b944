"""What a world's author reads of an exception."""

from diorama.world.calling import rendered
from diorama.world.failing import traceback_of
from diorama.world.world import FrameTime, Picture, World
from tests.agent.worlds import WrongShape

NOW = FrameTime(0, 0.0, 0.0)


class Careful(World):
    def render(self, time: FrameTime) -> Picture:
        lamps: dict[int, Picture] = {}
        try:
            return lamps[time.number]
        except KeyError as error:
            raise RuntimeError("there is no light") from error


def told(world: World) -> str:
    try:
        rendered(world, NOW)
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is looked at
        frames = error.__traceback__
        assert frames is not None
        return traceback_of(error.with_traceback(frames.tb_next))  # this test is no host
    raise AssertionError("it rendered")


def test_a_traceback_begins_where_the_world_does() -> None:
    text = told(Careful())

    assert "in render" in text
    assert "calling.py" not in text
    assert text.index("KeyError: 0") < text.index("RuntimeError: there is no light")
    assert text.count("in render") == len(("the cause", "what it caused"))


def test_a_picture_that_is_none_is_told_in_one_line() -> None:
    text = told(WrongShape())

    assert text.startswith("ValueError: WrongShape.render returned uint8 of shape (96, 127, 3)")
    assert text.count("\n") == 1


def test_where_nothing_of_the_world_was_called_the_exception_stands_alone() -> None:
    assert traceback_of(TypeError("no such call")) == "TypeError: no such call\n"
