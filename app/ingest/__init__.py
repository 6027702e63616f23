"""Seed files into the database: the one writer."""
