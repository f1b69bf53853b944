"""What a simulation does, and when: cues on the world's own clock. Pure, both ends.

A script is a list of cues in the order of their times, the last of which is its end. Between two
cues the world goes on by itself. Times are of the world's clock, which a simulation runs as fast as
the world can: `at_ms` 1,000 at 30 frames a second is before frame 30, however soon that is.
"""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from diorama.kernel.errors import Invalid
from diorama.protocol.input import MAX_TEXT, InputEvent

MAX_CUES: Final = 10_000
MAX_SCRIPTS: Final = 100
MAX_SCRIPT_MS: Final = 3_600_000
"""An hour of the world's time in one script."""


class Cue(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One thing that happens at one time: exactly one of the four.

    Attributes:
        at_ms: when, in milliseconds of the world's time.
        prompt: a text prompt for the world.
        input: what a viewer might do with keys, pointer, wheel, touch or gamepad.
        message: JSON for the world.
        end: the script is over; this is the length of what is rendered.
    """

    at_ms: Annotated[int, Meta(ge=0, le=MAX_SCRIPT_MS)]
    prompt: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)] | None = None
    input: InputEvent | None = None
    message: Annotated[object, Meta(extra_json_schema={"description": "any JSON"})] = msgspec.UNSET
    end: bool = False

    @property
    def things(self) -> int:
        """How many of the four it names."""
        named = (self.prompt is not None, self.input is not None, self.end)
        return sum(named) + (self.message is not msgspec.UNSET)


Script = Annotated[tuple[Cue, ...], Meta(min_length=1, max_length=MAX_CUES)]


def check_script(script: Sequence[Cue], *, index: int = 0) -> int:
    """Return how long a script is, in milliseconds.

    Raises:
        Invalid: with code `script_invalid`, for cues that are out of order, name not exactly one
            thing, or do not end with the one end.
    """
    before_ms = 0
    for number, cue in enumerate(script):
        where = f"scripts[{index}][{number}]"
        if cue.things != 1:
            raise Invalid(
                f"{where} names {cue.things} of prompt, input, message and end: exactly one is "
                "wanted",
                code="script_invalid",
            )
        if cue.at_ms < before_ms:
            raise Invalid(f"{where} is before the cue above it", code="script_invalid")
        if cue.end is not (number == len(script) - 1):
            raise Invalid(
                f"{where}: the last cue of a script, and no other, is its end",
                code="script_invalid",
            )
        before_ms = cue.at_ms
    if before_ms == 0:
        raise Invalid(f"scripts[{index}] ends when it begins", code="script_invalid")
    return before_ms
