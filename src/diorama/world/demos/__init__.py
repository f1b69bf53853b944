"""Two worlds that ship with Diorama: `cove:Cove`, to walk in, and `dreamer:Dreamer`, to talk to.

Both draw 1280x720 at 30 frames a second on one core, with numpy and numba and no GPU. Their
kernels are compiled once for each machine: `python -m diorama.world.demos.warm` does it ahead.
"""
