"""The LTI part against the published list of bad launches."""
