"""What can be streamed, and its rules."""
