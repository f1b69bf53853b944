"""What every benchmark tells beside its figures: the machine, the versions, the load; and where to.

It measures nothing. A result is one table on the screen and one file in `results/`.
"""

import json
import os
import platform
import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
RESULTS: Final = ROOT / "benchmarks" / "results"
QUIET_LOAD: Final = 0.5
"""Load average of the last minute under which a machine counts as quiet."""
_LOOK_EVERY_S: Final = 5.0

Cell = str | int | float | None
Figures = dict[str, Cell]


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of all are not above; raises ValueError for none."""
    if not values:
        raise ValueError("a quantile of nothing")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return quantile(values, 0.5)


def wait_for_quiet() -> float:
    """Return the load average, after it sank, or after DIORAMA_BENCH_QUIET_S (none by default)."""
    until = time.monotonic() + float(os.environ.get("DIORAMA_BENCH_QUIET_S", "0"))
    while os.getloadavg()[0] > QUIET_LOAD and time.monotonic() < until:
        time.sleep(_LOOK_EVERY_S)
    return round(os.getloadavg()[0], 2)


def scaled(count: int, *, least: int = 1) -> int:
    """Return a count of the full run, times DIORAMA_BENCH_SCALE: below 1 to try a change."""
    return max(least, round(count * float(os.environ.get("DIORAMA_BENCH_SCALE", "1"))))


def machine() -> Figures:
    """Return what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": os.cpu_count() or 0,
        "cpu": _cpu_model(),
        "memory_gib": round(memory / 2**30, 1),
        "kernel": platform.release(),
    }


def versions(*packages: str) -> Figures:
    """Return the versions of Python, SQLite and these packages."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{package: version(package) for package in ("diorama", *packages)},
    }


def publish(
    name: str, load_before: float, used: Figures, sections: dict[str, list[Figures]]
) -> None:
    """Print each section as a table, and write all of it to `results/<name>.json`."""
    for title, rows in sections.items():
        print(f"\n{title}")
        _print_table(rows)
    load_after = round(os.getloadavg()[0], 2)
    print(f"\nload average before the start {load_before}, at the end {load_after}")
    RESULTS.mkdir(exist_ok=True)
    document = {
        "benchmark": name,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "scale": float(os.environ.get("DIORAMA_BENCH_SCALE", "1")),
        "load_before": load_before,
        "load_after": load_after,
        "machine": machine(),
        "versions": used,
        "sections": sections,
    }
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(document, indent=2) + "\n")
    print(f"written: {path.relative_to(ROOT)}")


def _print_table(rows: list[Figures]) -> None:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    table = [columns, *([_shown(row.get(name)) for name in columns] for row in rows)]
    widths = [max(len(line[at]) for line in table) for at in range(len(columns))]
    for line in table:
        cells = (
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  " + "  ".join(cells).rstrip())


def _shown(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1_000 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
