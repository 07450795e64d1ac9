"""Proof of sender and reading of events."""
