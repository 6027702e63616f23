"""Tables, engines and full-text search: what is stored and how it is reached."""
