"""Alembic's folder: one file a step in `versions`, run by `diorama.storage.migrate`."""
