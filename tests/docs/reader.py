"""A reader who does what a page says: a program of its own, so that no test's loop is in its way.

It takes the blocks as JSON, runs them in their order in the current folder, and writes what each
printed into a file, up to and with the first that fails.
"""

import contextlib
import io
import json
import subprocess
import sys
import traceback
from pathlib import Path


def read(steps: list[dict[str, str]]) -> list[dict[str, str | None]]:
    """Run each step and return what it printed, and how it failed."""
    names: dict[str, object] = {"__name__": "__main__"}
    done: list[dict[str, str | None]] = []
    for step in steps:
        printed, failure = (_python if step["language"] == "python" else _shell)(step, names)
        done.append({"printed": printed, "failure": failure})
        if failure is not None:
            break
    return done


def _python(step: dict[str, str], names: dict[str, object]) -> tuple[str, str | None]:
    output = io.StringIO()
    source = "\n" * int(step["line"]) + step["text"]
    with contextlib.redirect_stdout(output):
        try:
            exec(compile(source, step["page"], "exec"), names)
        except BaseException:  # noqa: BLE001 - the page's end, told to the test
            return output.getvalue(), traceback.format_exc()
    return output.getvalue(), None


def _shell(step: dict[str, str], _names: dict[str, object]) -> tuple[str, str | None]:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", step["text"]],
        capture_output=True,
        check=False,
        text=True,
    )
    failure = f"exit code {done.returncode}: {done.stderr}" if done.returncode else None
    return done.stdout, failure


if __name__ == "__main__":
    given, answer = Path(sys.argv[1]), Path(sys.argv[2])
    answer.write_text(json.dumps(read(json.loads(given.read_text()))))
