"""What an account's own programs are told: the feed of events, and webhooks."""
