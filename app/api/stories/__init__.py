"""Stories: articles that are copies of each other, and lists that count each story once."""
