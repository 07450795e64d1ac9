"""From a source's telling to a change of the register."""
