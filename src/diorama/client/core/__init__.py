"""What a session is to its viewer, decided without I/O: the same rules as the web SDK's `core`."""
