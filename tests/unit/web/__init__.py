"""What of the pages can be judged without a database."""
