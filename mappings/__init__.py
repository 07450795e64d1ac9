"""Declarative mappings from a vendor's record to the canonical ALN record."""
