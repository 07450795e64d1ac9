"""Tables, queries and migrations; never commits."""
