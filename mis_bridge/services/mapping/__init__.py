"""Mapping documents: run, compared, published, put in force."""
