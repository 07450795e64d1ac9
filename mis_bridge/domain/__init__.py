"""The law and its words; standard library only."""
