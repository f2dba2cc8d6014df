"""The wrapped API."""
