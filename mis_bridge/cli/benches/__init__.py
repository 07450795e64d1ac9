"""Benchmarks that need the processes: a server, the job engine."""
