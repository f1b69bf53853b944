"""`diorama dev`: a Diorama of one project in a folder that is gone afterwards."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

LOAD_WITHIN_S: Final = 120
_NOT_A_NAME: Final = re.compile(r"[^A-Za-z0-9]+")


def absolute_entry(entry: str) -> str:
    """Return an entry that means the same in every folder."""
    if entry.endswith(".py"):
        return str(Path(entry).resolve())
    place, _, name = entry.rpartition(":")
    return f"{Path(place).resolve()}:{name}" if place.endswith(".py") else entry


def title(entry: str) -> str:
    """Return what people read: the name of the class, or of the file where no class is named."""
    return Path(entry).stem if entry.endswith(".py") else entry.rpartition(":")[2]


def project_name(entry: str) -> str:
    """Return what the project of an entry is called: its title, in the letters a name may have."""
    name = _NOT_A_NAME.sub("-", title(entry)).strip("-").lower()
    return name[:64] or "world"


def configuration(entry: str) -> str:
    """Return the TOML of a Diorama with this one world."""
    name = project_name(entry)
    return (
        "[[projects]]\n"
        f"name = {_quoted(name)}\ntitle = {_quoted(title(entry)[:120])}\nworld = {_quoted(entry)}\n"
    )


def check_entry(entry: str) -> int:
    """Load the entry in a process of its own, which says why not; return what to exit with."""
    command = [sys.executable, "-m", "diorama.cli.entry_check", entry]
    try:
        return subprocess.run(command, check=False, timeout=LOAD_WITHIN_S).returncode  # noqa: S603 - what the person asked to run
    except subprocess.TimeoutExpired:
        print(f"diorama: {entry} does not load within {LOAD_WITHIN_S} s", file=sys.stderr)  # noqa: T201 - the answer, to who asked
        return 1


def set_up(folder: Path, entry: str, port: int | None) -> None:
    """Write the configuration into `folder` and point this process and its children at it."""
    file = folder / "diorama.toml"
    file.write_text(configuration(entry))
    os.environ["DIORAMA_CONFIG"] = str(file)
    os.environ["DIORAMA_DATA"] = str(folder / "data")
    os.environ.pop("DIORAMA_STORE", None)  # a trial belongs in no shared database
    if port is not None:
        os.environ["DIORAMA_PORT"] = str(port)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML basic string
