"""What it cost, from the event log."""
