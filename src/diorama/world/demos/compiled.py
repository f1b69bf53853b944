"""How a kernel becomes machine code: ahead of its first call, once for each machine.

A kernel's annotations are its signature: `compiled` reads them and has numba compile exactly that,
so no call ever waits for a compiler. The result is kept in a folder named after the text of every
module with kernels, since numba by itself does not notice a change in a module that a kernel calls.
The folder lies in `NUMBA_CACHE_DIR` where that is set, else in the user's cache folder, else in a
private one among the temporary files: the package itself may be installed read-only.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Final, ParamSpec, TypeVar, cast, get_args, get_origin, get_type_hints

import numba
import numpy as np
import numpy.typing as npt
from numba import types

P = ParamSpec("P")
R = TypeVar("R")

Line = Annotated[npt.NDArray[np.float32], types.float32[::1]]
Grid = Annotated[npt.NDArray[np.float32], types.float32[:, ::1]]
Cube = Annotated[npt.NDArray[np.float32], types.float32[:, :, ::1]]
Counts = Annotated[npt.NDArray[np.int32], types.int32[::1]]
Bytes = Annotated[npt.NDArray[np.uint8], types.uint8[::1]]
ByteGrid = Annotated[npt.NDArray[np.uint8], types.uint8[:, ::1]]
Pixels = Annotated[npt.NDArray[np.uint8], types.uint8[:, :, ::1]]
Sheets = Annotated[npt.NDArray[np.uint8], types.uint8[:, :, :, ::1]]

# What kernels are compiled with. They allocate nothing, so they need no counts of references
# (`_nrt`): with them numba counts each array up and down for each pixel, which takes three times
# as long. numba's own type hints leave that option out, hence the plain callable.
_njit: Final[Callable[..., Callable[[Callable[P, R]], Callable[P, R]]]] = partial(
    cast("Callable[..., Callable[[Callable[P, R]], Callable[P, R]]]", numba.njit),
    fastmath=True,
    error_model="numpy",
    _nrt=False,
)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Make a part of kernels: compiled into each kernel that calls it, never called from Python."""
    return _njit(forceinline=True)(function)


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel for the types in its annotations, or load what an earlier start compiled."""
    with _kept_in(cache_folder()) as keeps:
        return _njit(_signature(function), cache=keeps)(function)


@cache
def cache_folder() -> Path | None:
    """Return where compiled kernels are kept, or None where this user can write nowhere."""
    for folder in _places():
        place = folder / f"diorama-{_fingerprint()}"
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=place).close()
        except OSError:
            continue
        if (
            place.stat().st_uid == os.getuid()
        ):  # what lies there is run: nobody else may have put it
            return place
    return None


def _places() -> Iterator[Path]:
    asked = os.environ.get("NUMBA_CACHE_DIR")
    if asked:
        yield Path(asked)
    caches, home = os.environ.get("XDG_CACHE_HOME"), os.environ.get("HOME")
    if caches or home:
        yield Path(caches or f"{home}/.cache") / "diorama"
    yield Path(tempfile.gettempdir()) / f"diorama-{os.getuid()}"


def _fingerprint() -> str:
    here = Path(__file__).parent
    texts = [path.read_bytes() for path in sorted(here.rglob("*.py"))]
    kernels = b"".join(text for text in texts if b"demos.compiled import" in text)
    return hashlib.sha256(kernels).hexdigest()[:16]


@contextmanager
def _kept_in(folder: Path | None) -> Iterator[bool]:
    """Have numba keep what is compiled inside in `folder`; say whether there is one."""
    settings = vars(numba.config)
    before = settings["CACHE_DIR"]
    settings["CACHE_DIR"] = str(folder or "")
    try:
        yield folder is not None
    finally:
        settings["CACHE_DIR"] = before


def _signature(function: Callable[P, R]) -> types.Type:
    hints = get_type_hints(function, include_extras=True)
    returned = _numba_type(hints.pop("return"))
    taken = [_numba_type(hint) for hint in hints.values()]
    return cast("Callable[..., types.Type]", returned)(*taken)  # numba writes a signature as a call


_PLAIN: Final[Mapping[object, types.Type]] = {
    float: types.float64,
    int: types.int64,
    bool: types.boolean,
    type(None): types.none,
}


def _numba_type(hint: object) -> types.Type:
    if get_origin(hint) is Annotated:
        return cast("types.Type", get_args(hint)[1])
    if isinstance(hint, type) and issubclass(hint, tuple):
        fields = get_type_hints(hint, include_extras=True).values()
        parts = [_numba_type(field) for field in fields]
        if len(set(parts)) == 1:
            return _uni_tuple(parts[0], len(parts), hint)
        return _mixed_tuple(parts, hint)
    return _PLAIN[hint]


# numba's types carry no hints of their own here.
_uni_tuple: Final = cast("Callable[[types.Type, int, type], types.Type]", types.NamedUniTuple)
_mixed_tuple: Final = cast("Callable[[list[types.Type], type], types.Type]", types.NamedTuple)
