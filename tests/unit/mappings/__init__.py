"""Tests of the mapping language, pure and quick."""
