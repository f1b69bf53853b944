"""Headless jobs: what may happen to a simulation and its runs, who is next, what time brings."""
