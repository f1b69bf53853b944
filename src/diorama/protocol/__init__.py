"""Messages on the wire, end codes, states and input events: pure, and the same at both ends."""
