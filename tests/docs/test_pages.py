"""What the pages tell readers to do works: their code is run against a Diorama that runs.

How a page says what is run, and what comes out of it: `tests.docs.blocks` and CONTRIBUTING.md.
"""

import ast
import asyncio
import contextlib
import importlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.browser.running import Running, running
from tests.docs.blocks import PAGES, REPOSITORY, Block, agrees, blocks_of

READ_WITHIN_S: Final = 400.0
SHOWN_ADDRESSES: Final = ("127.0.0.1:8080", "localhost:8080")
WORLD: Final = REPOSITORY / "tests" / "docs" / "worlds.py"
STAND_INS: Final = "\n".join(
    f"""
[[projects]]
name = "{name}"
title = "The {name}"
description = "Stands in for the world that ships."
world = "{WORLD}:StandIn"
prompts = ["a castle above the sea"]
"""
    for name in ("cove", "dreamer")
)
BLOCKS: Final = {page: blocks_of(page, page.read_text(encoding="utf-8")) for page in PAGES}
RUN: Final = [page for page in PAGES if any(block.mark == "run" for block in BLOCKS[page])]
PYTHON: Final = [b for page in PAGES for b in BLOCKS[page] if b.language == "python"]
SHELL: Final = [b for page in PAGES for b in BLOCKS[page] if b.language in {"sh", "bash"}]


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
async def test_the_code_of_a_page_does_what_the_page_says(page: Path, tmp_path: Path) -> None:
    blocks = BLOCKS[page]
    _write_files(blocks, tmp_path)
    configured = [block.text for block in blocks if block.word == "toml"]
    steps = [block for block in blocks if block.mark == "run" and block.word is None]
    async with running(tmp_path, configured[0] if configured else STAND_INS, slots=2) as diorama:
        _look_like_a_readers_folder(tmp_path, diorama)

        done = await _read(steps, tmp_path, diorama.port)

    failures = [
        f"{block.place}: {result['failure']}"
        for block, result in zip(steps, done, strict=False)
        if result["failure"] is not None
    ]
    assert failures == []
    _compare(blocks, steps, [result["printed"] or "" for result in done])


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: block.place)
def test_python_on_a_page_names_only_what_there_is(block: Block) -> None:
    tree = ast.parse(block.text, block.place)

    missing = [
        f"{node.module}.{name.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("diorama")
        for name in node.names
        if not _is_there(node.module or "", name.name)
    ]

    assert missing == []


@pytest.mark.parametrize("block", SHELL, ids=lambda block: block.place)
def test_shell_on_a_page_is_well_formed(block: Block) -> None:
    checked = subprocess.run(
        ["bash", "-n"], input=block.text, capture_output=True, check=False, text=True
    )

    assert checked.stderr == ""


def _is_there(module: str, name: str) -> bool:
    found = importlib.import_module(module)
    return hasattr(found, name) or importlib.util.find_spec(f"{module}.{name}") is not None


def _write_files(blocks: Sequence[Block], folder: Path) -> None:
    for block in blocks:
        if block.mark == "file":
            (folder / str(block.word)).write_text(block.text)


def _look_like_a_readers_folder(folder: Path, found: Running) -> None:
    (folder / ".diorama").symlink_to(found.data)
    (folder / ".venv").symlink_to(sys.prefix)


async def _read(steps: Sequence[Block], folder: Path, port: int) -> list[dict[str, str | None]]:
    """Let a reader do these steps in a folder; return what came of each."""
    given, answer = folder / "steps.json", folder / "done.json"
    given.write_text(json.dumps([_step(block, port) for block in steps]))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    own = {name: v for name, v in os.environ.items() if not name.startswith("DIORAMA_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "tests.docs.reader", str(given), str(answer)),
        cwd=folder,
        env=own | {"PATH": path, "PYTHONPATH": str(REPOSITORY)},
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(READ_WITHIN_S):
            await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    done: list[dict[str, str | None]] = json.loads(answer.read_text())
    return done


def _step(block: Block, port: int) -> dict[str, str]:
    text = block.text
    for address in SHOWN_ADDRESSES:
        text = text.replace(address, f"127.0.0.1:{port}")
    page, _, line = block.place.rpartition(":")
    return {"page": page, "line": line, "language": block.language, "text": text}


def _compare(blocks: Sequence[Block], steps: Sequence[Block], printed: Sequence[str]) -> None:
    """Hold what each step printed against the page, where the page shows it."""
    said = dict(zip(steps, printed, strict=True))
    last: Block | None = None
    for block in blocks:
        if block in said:
            last = block
        elif block.mark == "output":
            assert last is not None, f"{block.place}: nothing was run before it"
            assert agrees(block.text, said[last]), f"{block.place} is not\n{said[last]}"
