"""A plan that moves: signed and packed here, verified and taken in there."""
