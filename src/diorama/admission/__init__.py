"""Who is next, and where: limits, queue, placement."""
