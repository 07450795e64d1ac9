"""Statutory questions answered from the facts of a case alone, each with its reasons."""
