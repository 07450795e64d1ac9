"""Channels without a network."""
