"""`/odyssey/{project}`: what the unmodified SDK of Odyssey finds there. See docs/odyssey.md."""
