"""The ways by which an authority or a school sends."""
