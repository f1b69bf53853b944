"""The worker process: it connects out, runs a world per session in its own process, streams it."""
