"""Text in, frozen dataclasses out: a pure library without database, HTTP, settings or clock."""
