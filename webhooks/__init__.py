"""Proving a sender and reading its events: one file a sender."""
