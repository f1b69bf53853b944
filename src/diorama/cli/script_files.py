"""The scripts of `diorama simulate`: from files, and from prompts on the command line. Pure.

A `.json` file is a list of cues, or a list of such lists; a `.jsonl` file has a cue on each line.
What is wrong with a cue is told by the SDK, which knows the words of the gateway.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from diorama.kernel.errors import Invalid

LENGTH_S: Final = 10.0
"""How long a script without an end is."""
_PROMPT: Final = re.compile(r"(?P<text>.+?)(?:@(?P<at>\d+(?:\.\d+)?)s?)?", re.DOTALL)
Cues = list[dict[str, object]]


def read_scripts(text: str, *, lines: bool) -> list[Cues]:
    """Return the scripts of a file.

    Args:
        text: what is in it.
        lines: whether each line is a cue.

    Raises:
        Invalid: it is no list of objects, or of lists of them.
    """
    try:
        found = [json.loads(one) for one in text.splitlines() if one.strip()] if lines else None
        found = json.loads(text) if found is None else found
    except ValueError as error:
        raise Invalid(f"it is no JSON: {error}") from None
    many = isinstance(found, list) and bool(found) and all(isinstance(s, list) for s in found)
    scripts: list[Cues] = found if many else [found]
    if not all(isinstance(one, list) and all(isinstance(c, dict) for c in one) for one in scripts):
        raise Invalid("it is no list of cues, and no list of such lists")
    return scripts


def prompt_of(words: str) -> dict[str, object]:
    """Return the cue of `text@seconds`; without `@` it is at the beginning.

    Raises:
        Invalid: there is no text.
    """
    match = _PROMPT.fullmatch(words)
    if match is None or not match["text"].strip():
        raise Invalid(f"{words!r} is no prompt: write it as 'a storm comes up@2.5'")
    return {"at_ms": round(float(match["at"] or 0) * 1_000), "prompt": match["text"].strip()}


def scripts_with(
    files: Sequence[Cues], prompts: Sequence[str], length_s: float | None
) -> list[Cues]:
    """Return the scripts to run: those of the files, or one, each with the prompts and an end.

    Raises:
        Invalid: a prompt is none, or an end is given twice.
    """
    said = [prompt_of(one) for one in prompts]
    return [_with(script, said, length_s) for script in (files or [[]])]


def _with(script: Cues, prompts: Sequence[dict[str, object]], length_s: float | None) -> Cues:
    ended = any(cue.get("end") for cue in script)
    if ended and length_s is not None:
        raise Invalid("the script has its own end: leave out --length")
    end_ms = round((LENGTH_S if length_s is None else length_s) * 1_000)
    end: Cues = [] if ended else [{"at_ms": end_ms, "end": True}]
    if not prompts:
        return [*script, *end]
    return sorted([*prompts, *script, *end], key=_place)


def _place(cue: Mapping[str, object]) -> tuple[bool, float]:
    """Return where a cue stands: by its time, an end behind all others."""
    at = cue.get("at_ms")
    return bool(cue.get("end")), at if isinstance(at, int | float) else 0
