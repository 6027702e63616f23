"""Trains the reader model that On Record ships. Never imported by `app`."""
