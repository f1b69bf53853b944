"""Stores: one suite, run on each database."""
