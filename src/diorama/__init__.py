"""Diorama: live, rendered worlds in any browser, one viewer to a session, one session to a slot."""

__version__ = "0.1.0"
