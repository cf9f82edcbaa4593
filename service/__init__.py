"""Reveille: a background service that gets a person ready before they ask."""

__version__ = "0.1.0"
