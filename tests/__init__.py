"""Tests, laid out as the tree of `src/diorama`."""
