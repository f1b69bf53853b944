"""A session's socket, peer connection and data channels: they carry out what `core` decides."""
