"""A small network of our own between a browser and what it talks to: it fails on command.

`tcp` stands before a gateway's port, `udp` on the media path; what becomes of a datagram is decided
by `weather`, from a seed.
"""
