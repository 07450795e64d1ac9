"""Writing a plan and carrying it through its life; the pages of it."""
