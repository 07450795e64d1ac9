"""Benchmarks of the product, each measured beside its peer or its floor in the same run."""
