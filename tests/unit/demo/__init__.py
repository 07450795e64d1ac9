"""The invented authority and the parts of the demo MIS that need no socket."""
