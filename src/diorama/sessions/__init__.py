"""One stay: what a session is, what happens to it, and when."""
