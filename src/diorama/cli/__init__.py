"""The command `diorama`."""
