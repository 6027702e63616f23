"""Who said what: finding sources, cues and contents."""
