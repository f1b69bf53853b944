"""Smooth randomness for kernels: value noise, and its sums. Same seed, same numbers."""

from diorama.world.demos.compiled import inlined


@inlined
def chance(x: int, y: int, seed: int) -> float:
    """Return a number in [0, 1) that depends on nothing but its arguments."""
    mixed = (x * 374761393 + y * 668265263 + seed * 1442695041) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 16)) * 2246822519) & 0xFFFFFFFF
    return (mixed ^ (mixed >> 15)) * (1.0 / 4294967296.0)


@inlined
def smooth(edge0: float, edge1: float, value: float) -> float:
    """Return 0 up to `edge0`, 1 from `edge1` on, and a smooth rise between."""
    share = min(max((value - edge0) / (edge1 - edge0), 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


@inlined
def noise(x: float, y: float, seed: int) -> float:
    """Return smooth noise in [0, 1) with one bump for each unit."""
    column = int(x + 65536.0) - 65536
    row = int(y + 65536.0) - 65536
    across = x - column
    down = y - row
    across = across * across * (3.0 - 2.0 * across)
    down = down * down * (3.0 - 2.0 * down)
    top = chance(column, row, seed)
    top += (chance(column + 1, row, seed) - top) * across
    low = chance(column, row + 1, seed)
    low += (chance(column + 1, row + 1, seed) - low) * across
    return top + (low - top) * down


@inlined
def fractal(x: float, y: float, seed: int, octaves: int) -> float:
    """Return `octaves` of noise, each twice as fine and half as strong; about 0 to 1."""
    total = 0.0
    weight = 0.5
    for octave in range(octaves):
        total += weight * noise(x, y, seed + octave)
        x = x * 2.03 + 17.1
        y = y * 2.03 + 9.7
        weight *= 0.5
    return total


@inlined
def ridged(x: float, y: float, seed: int, octaves: int) -> float:
    """Return noise with sharp crests, as of mountains; 0 to 1."""
    total = 0.0
    weight = 0.5
    for octave in range(octaves):
        crest = 1.0 - abs(2.0 * noise(x, y, seed + octave) - 1.0)
        total += weight * crest * crest
        x = x * 2.07 + 5.3
        y = y * 2.07 + 3.9
        weight *= 0.5
    return total
