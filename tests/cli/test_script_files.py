"""The scripts that `diorama simulate` makes of files and prompts."""

import pytest

from diorama.cli.script_files import prompt_of, read_scripts, scripts_with
from diorama.kernel.errors import Invalid

CUES = '[{"at_ms": 500, "prompt": "rain"}, {"at_ms": 2000, "end": true}]'
END = {"at_ms": 10_000, "end": True}


def test_a_file_holds_a_script_many_scripts_or_a_cue_on_each_line() -> None:
    one = read_scripts(CUES, lines=False)
    many = read_scripts(f"[{CUES}, {CUES}]", lines=False)
    lines = read_scripts(
        '{"at_ms": 500, "prompt": "rain"}\n\n{"at_ms": 2000, "end": true}\n', lines=True
    )

    assert one == lines
    assert many == [*one, *one]


@pytest.mark.parametrize("text", ["{", '"a"', "[1]", "[[1]]", '{"at_ms": 1}'])
def test_what_is_no_list_of_cues_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_scripts(text, lines=False)


@pytest.mark.parametrize(
    ("words", "at_ms", "text"),
    [
        ("rain@2.5", 2_500, "rain"),
        ("rain@2s", 2_000, "rain"),
        ("rain", 0, "rain"),
        ("me@home", 0, "me@home"),
        ("a@b @3", 3_000, "a@b"),
    ],
)
def test_a_prompt_is_said_at_a_second(words: str, at_ms: int, text: str) -> None:
    assert prompt_of(words) == {"at_ms": at_ms, "prompt": text}


def test_a_prompt_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid):
        prompt_of(" @3")


def test_without_a_script_there_is_one_of_ten_seconds() -> None:
    assert scripts_with([], [], None) == [[END]]
    assert scripts_with([], [], 2.5) == [[{"at_ms": 2_500, "end": True}]]


def test_prompts_come_between_the_cues_of_each_script_by_their_time() -> None:
    (script,) = read_scripts(CUES, lines=False)

    both = scripts_with([script, []], ["first", "snow@1"], None)

    assert [cue.get("prompt") for cue in both[0]] == ["first", "rain", "snow", None]
    assert [cue.get("prompt") for cue in both[1]] == ["first", "snow", None]
    assert both[1][-1] == END


def test_a_script_has_one_end() -> None:
    with pytest.raises(Invalid, match="leave out --length"):
        scripts_with(read_scripts(CUES, lines=False), [], 3)
