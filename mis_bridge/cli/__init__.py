"""The mis-bridge command, one file per group of verbs."""
