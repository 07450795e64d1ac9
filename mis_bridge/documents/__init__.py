"""Plans and letters: one content value, several formats, both languages."""
