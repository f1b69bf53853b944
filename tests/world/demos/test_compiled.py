"""Where compiled kernels are kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from diorama.world.demos.compiled import Grid, cache_folder, compiled, inlined
from diorama.world.demos.warm import warm


class Pair(NamedTuple):
    left: float
    right: float


class Mixed(NamedTuple):
    grid: Grid
    factor: float


@inlined
def _product(pair: Pair) -> float:
    return pair.left * pair.right


@compiled
def scale(pair: Pair, mixed: Mixed, row: int) -> None:
    for column in range(mixed.grid.shape[1]):
        mixed.grid[row, column] *= _product(pair) * mixed.factor


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    cache_folder.cache_clear()
    yield
    cache_folder.cache_clear()


def test_a_kernel_takes_what_its_annotations_say() -> None:
    grid = np.ones((2, 3), np.float32)

    scale(Pair(2.0, 3.0), Mixed(grid, 0.5), 1)

    assert grid.tolist() == [[1.0, 1.0, 1.0], [3.0, 3.0, 3.0]]


def test_the_folder_that_numba_was_told_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "told"))

    folder = cache_folder()

    assert folder is not None
    assert folder.parent == tmp_path / "told"


def test_without_a_home_to_write_to_the_temporary_files_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file, not a folder"
    blocked.touch()
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    folder = cache_folder()

    assert folder is not None
    assert tmp_path in folder.parents


def test_where_nothing_can_be_written_kernels_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file, not a folder"
    blocked.touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(blocked))
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr("tempfile.tempdir", str(blocked))

    assert cache_folder() is None


def test_warming_twice_is_quick_and_harmless() -> None:
    warm()

    assert warm() < 60.0
