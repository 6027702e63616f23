"""Entities: the people, organisations and places, one over all articles, and their mentions."""
