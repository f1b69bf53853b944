"""What is written of what happened."""

from diorama.agent.event_lines import Moves
from diorama.agent.world_link import GiveImage
from diorama.protocol.channel import Message, Prompt
from diorama.protocol.input import KeyDown, PointerMove, TouchMove

KEY = KeyDown(code="KeyW", key="w")


def told(moves: Moves, *happened: tuple[int, object]) -> list[object]:
    lines = [line for at_ms, event in happened for line in moves.take(event, at_ms)]  # type: ignore[arg-type] # whatever a viewer does
    return [(line["at_ms"], line["type"]) for line in lines]


def test_a_flood_of_moves_is_told_ten_times_a_second() -> None:
    flood = [(at_ms, PointerMove(x=0.5, y=0.5)) for at_ms in range(1_000)]

    assert told(Moves(), *flood) == [(at_ms, "input") for at_ms in range(0, 1_000, 100)]


def test_the_last_place_is_told_before_what_happens_there() -> None:
    moves = Moves()
    first, last = PointerMove(x=0.1, y=0.1), PointerMove(x=0.9, y=0.9)

    lines = [*moves.take(first, 0), *moves.take(last, 5), *moves.take(KEY, 6)]

    assert [line["at_ms"] for line in lines] == [0, 5, 6]
    assert lines[1]["input"] == {
        "type": "pointer_move", "x": 0.9, "y": 0.9,
        "movement_x": 0.0, "movement_y": 0.0, "buttons": 0,
    }  # fmt: skip


def test_each_finger_is_thinned_out_by_itself() -> None:
    moves = Moves()

    assert told(
        moves, (0, TouchMove(id=1, x=0, y=0)), (1, TouchMove(id=2, x=0, y=0)), (2, Prompt("rain"))
    ) == [(0, "input"), (1, "input"), (2, "prompt")]


def test_the_last_places_are_told_at_the_end() -> None:
    moves = Moves()
    list(moves.take(PointerMove(x=0, y=0), 0))
    list(moves.take(PointerMove(x=1, y=1), 9))

    assert [line["at_ms"] for line in moves.flush()] == [9]
    assert list(moves.flush()) == []


def test_prompts_and_messages_are_told_as_they_were() -> None:
    lines = [*Moves().take(Prompt("rain"), 3), *Moves().take(Message({"a": [1]}), 4)]

    assert lines == [
        {"type": "prompt", "at_ms": 3, "prompt": "rain"},
        {"type": "message", "at_ms": 4, "message": {"a": [1]}},
    ]


def test_an_image_is_told_with_its_prompt_and_not_by_where_it_lay() -> None:
    (line,) = Moves().take(GiveImage(1, "/spool/1", "rain"), 40)

    assert line == {"type": "image", "at_ms": 40, "prompt": "rain"}
