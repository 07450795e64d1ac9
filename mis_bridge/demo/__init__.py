"""An invented authority and a demo MIS on loopback."""
