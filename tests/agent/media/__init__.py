"""Tests of the media side of the worker."""
