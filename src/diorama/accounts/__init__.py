"""Who may ask: plans and credentials."""
