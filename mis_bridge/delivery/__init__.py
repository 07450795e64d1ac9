"""Channels that carry a notice."""
