"""The server: one port for REST, WebSockets, the player and the portal."""
