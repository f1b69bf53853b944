"""Which slots exist: workers, what they can run, whether they are heard."""
