"""Earlier plans, and the register, into drafts."""
