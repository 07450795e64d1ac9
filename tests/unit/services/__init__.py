"""Services without a database or a socket."""
