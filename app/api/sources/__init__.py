"""Sources: the seed files, and what became of each."""
