"""Taking events in: limits, logs, the day of notice, the server's face."""
