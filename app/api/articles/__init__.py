"""Articles: their metadata, their text, and what was found in them."""
