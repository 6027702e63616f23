"""Unnamed sources, grouped by what they are called: who leans on "officials", and how much."""
