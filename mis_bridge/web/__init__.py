"""Blueprints, templates and the browser side."""
