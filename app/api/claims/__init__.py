"""Claims: what somebody, or the article itself, says is so."""
