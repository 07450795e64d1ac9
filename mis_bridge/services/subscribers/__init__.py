"""Who is told of events, and how each is told."""
