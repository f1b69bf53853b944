"""What an operator may say of ICE servers, and what a wrong word is answered with."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from diorama.gateway.ice import IceRules
from diorama.gateway.settings_file import SettingsRefused, load_settings

SECRET = "sixteen letters!"
TURN = 'turn = ["turn:turn.example.com"]\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Start in an empty folder, with nothing set."""
    with monkeypatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("DIORAMA_")]:
            patch.delenv(name)
        patch.chdir(tmp_path)
        yield tmp_path


def refusal(folder: Path, text: str) -> str:
    (folder / "diorama.toml").write_text(f"[ice]\n{text}")
    with pytest.raises(SettingsRefused) as refused:
        load_settings()
    (line,) = refused.value.lines
    return line


def test_without_a_word_there_are_no_servers() -> None:
    assert load_settings().ice.rules() == IceRules()


def test_the_secret_may_come_from_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "diorama.toml").write_text(f'[ice]\nstun = ["stun:stun.example.com"]\n{TURN}ttl_s=60')
    monkeypatch.setenv("DIORAMA_ICE__SECRET", SECRET)

    assert load_settings().ice.rules() == IceRules(
        stun=("stun:stun.example.com",), turn=("turn:turn.example.com",), secret=SECRET, ttl_s=60
    )


def test_a_fixed_user_goes_in_place_of_a_secret(folder: Path) -> None:
    (folder / "diorama.toml").write_text(
        f'[ice]\n{TURN}username = "ann"\ncredential = "wonderland"\nworkers = false'
    )

    rules = load_settings().ice.rules()

    assert (rules.username, rules.credential, rules.workers) == ("ann", "wonderland", False)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (TURN, "`turn` needs `secret`, or `username` and `credential`"),
        (f'secret = "{SECRET}"', "`turn` needs `secret`"),
        (f'{TURN}secret = "{SECRET}"\nusername = "a"\ncredential = "b"', "`secret` goes without"),
        (f'{TURN}username = "ann"', "`username` and `credential` belong together"),
        (f'{TURN}secret = "fifteen letters"', "`secret` has to have 16 characters or more"),
        (f'{TURN}username = "a\\"b"\ncredential = "wonderland"', "without quotes or backslashes"),
        (f'{TURN}username = "ann"\ncredential = "wonder\\r\\nland"', "without quotes"),
        (f'stun = ["stun.example.com"]\n{TURN}secret = "{SECRET}"', "must begin with stun:"),
        (f'turn = ["turn:x?transport=sctp"]\nsecret = "{SECRET}"', "turn:x?transport=sctp: may"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_starts(
    folder: Path, text: str, why: str
) -> None:
    line = refusal(folder, text)

    assert line.startswith("diorama.toml: ice: ")
    assert why in line


@pytest.mark.parametrize(
    "text",
    [
        f'turn = ["http://x"]\nsecret = "{SECRET}"',
        f'{TURN}secret = "{SECRET[:9]}"',
        f'{TURN}secret = "{SECRET * 20}"',
        f"{TURN}secret = 1\ncredential = '{SECRET}'",
        f'turn = ["turn:ann:{SECRET}@host"]\nsecret = "{SECRET}"',
        f'{TURN}credential = "{SECRET}"',
    ],
)
def test_no_refusal_shows_a_secret(folder: Path, text: str) -> None:
    assert SECRET[:9] not in refusal(folder, text)


def test_settings_that_are_printed_show_no_secret(folder: Path) -> None:
    (folder / "diorama.toml").write_text(f'[ice]\n{TURN}secret = "{SECRET}"')

    assert SECRET not in repr(load_settings())
