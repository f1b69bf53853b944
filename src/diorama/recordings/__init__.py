"""What is kept of sessions and runs: recordings."""
