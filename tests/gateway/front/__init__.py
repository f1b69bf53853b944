"""Tests of the one port."""
