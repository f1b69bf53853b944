"""What follows from the protocol: the JSON Schema, the TypeScript registry and docs/end-codes.md.

`python -m diorama.protocol.generate`, started in the root of the repository, writes them; `--check`
writes nothing and names those that are stale. The types in `messages.ts` follow from the schema by
`npm run generate -w @diorama/protocol`. What worker and gateway say to each other is left out: no
browser has a use for it.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from diorama.protocol import channel, requests, viewer, views
from diorama.protocol.end_codes import END_CODES, Doing, EndCodeEntry, Retry
from diorama.protocol.input import InputEvent
from diorama.protocol.states import FINAL

_UNIONS: Final[Mapping[str, object]] = {
    "GatewayToViewer": viewer.ToViewer,
    "InputEvent": InputEvent,
    "ViewerToGateway": viewer.FromViewer,
    "ViewerToWorld": channel.FromViewer,
    "WorldToViewer": channel.ToViewer,
}
_REST: Final = (
    requests.OpenSession,
    views.HolderView,
    views.OpenedSession,
    views.Page,
    views.ProjectView,
    views.WorkerView,
)
_HEAD: Final = (
    "| code | name | ends | reasons | whose doing | retry | for the viewer | for the operator |"
)
_END_CODES_PAGE: Final = """\
<!-- made by `python -m diorama.protocol.generate` from diorama.protocol.end_codes -->

# End codes

Each session ends with one code and one of its reasons. A WebSocket closes with the same code, and
the view of an ended session carries it as `end`. `disconnected` is a clean end, `failed` an
unexpected one.

What a client may do by itself after an end is `retry`:

- `never`: nothing.
- `new_session`: ask for a new session, as often as the table says, with a growing pause.
- `resume`: come back to the same session while it still waits, else ask for a new one.

"""


def schema() -> str:
    """Return schema.json: every message of a viewer and everything REST shows, under `$defs`."""
    kinds = (*_UNIONS.values(), *_REST)
    schemas, parts = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    named = parts | dict(zip(_UNIONS, schemas, strict=False))
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {name: named[name] for name in sorted(named)},
    }
    return json.dumps(document, indent=2) + "\n"


def end_codes_typescript() -> str:
    """Return endCodes.ts: the registry as a constant, typed as narrowly as it is."""
    rows = "".join(_typescript_row(entry) for entry in END_CODES.values())
    return f"""\
// Generated from diorama.protocol.end_codes by `make generate`. Do not edit.

/** Why sessions end. */
export interface EndCodeEntry {{
  readonly code: number
  readonly name: string
  readonly ends: {_alternatives(sorted(FINAL))}
  readonly reasons: readonly string[]
  readonly doing: {_alternatives(Doing)}
  readonly retry: {_alternatives(Retry)}
  readonly retryLimit: number | null
  readonly viewer: string
}}

export const END_CODES = {{
{rows}}} as const satisfies Readonly<Record<number, EndCodeEntry>>

export type EndCode = keyof typeof END_CODES
"""


def end_codes_page() -> str:
    """Return docs/end-codes.md."""
    rows = [_HEAD, "|" + "---|" * _HEAD.count(" | ") + "---|"]
    rows.extend(_page_row(entry) for entry in END_CODES.values())
    return _END_CODES_PAGE + "\n".join(rows) + "\n"


def outputs() -> dict[str, str]:
    """Return the text of each generated file by its path in the repository."""
    return {
        "web/packages/protocol/schema.json": schema(),
        "web/packages/protocol/src/endCodes.ts": end_codes_typescript(),
        "docs/end-codes.md": end_codes_page(),
    }


def stale(texts: Mapping[str, str], root: Path) -> list[str]:
    """Return the paths whose file is missing or says something else."""
    return [
        path
        for path, text in texts.items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    ]


def run(texts: Mapping[str, str], arguments: Sequence[str], root: Path) -> int:
    """Write each text under `root`; with `--check`, name the stale ones and return 1."""
    found = stale(texts, root)
    if "--check" not in arguments:
        for path in found:
            (root / path).write_text(texts[path], encoding="utf-8")
        return 0
    for path in found:
        sys.stderr.write(f"{path} is stale: run `make generate`\n")
    return 1 if found else 0


def _typescript_row(entry: EndCodeEntry) -> str:
    limit = "null" if entry.retry_limit is None else str(entry.retry_limit)
    fields = {
        "code": str(entry.code.value),
        "name": _quoted(entry.name),
        "ends": _quoted(entry.ends),
        "reasons": f"[{', '.join(map(_quoted, entry.reasons))}]",
        "doing": _quoted(entry.doing),
        "retry": _quoted(entry.retry),
        "retryLimit": limit,
        "viewer": _quoted(entry.viewer),
    }
    lines = "".join(f"    {name}: {value},\n" for name, value in fields.items())
    return f"  {entry.code.value}: {{\n{lines}  }},\n"


def _page_row(entry: EndCodeEntry) -> str:
    times = {None: "", 1: ", once"}.get(entry.retry_limit, f", {entry.retry_limit} times")
    cells = (
        str(entry.code.value),
        entry.name,
        f"`{entry.ends}`",
        ", ".join(f"`{reason}`" for reason in entry.reasons),
        entry.doing,
        f"`{entry.retry}`{times}",
        entry.viewer,
        entry.operator,
    )
    return f"| {' | '.join(cells)} |"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _alternatives(words: Iterable[str]) -> str:
    return " | ".join(map(_quoted, words))


if __name__ == "__main__":
    sys.exit(run(outputs(), sys.argv[1:], Path.cwd()))
