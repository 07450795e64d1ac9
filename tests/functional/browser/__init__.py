"""The demo's journey in a real headless browser."""
