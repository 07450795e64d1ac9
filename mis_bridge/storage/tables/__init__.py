"""Every table, one module a subject."""
