"""What was delivered against what was planned."""
