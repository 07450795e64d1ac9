"""Durable work on the engine."""
