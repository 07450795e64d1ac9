"""Development vendors: small servers that answer as documented, with faults to switch on."""
