"""Pages for people: what the API answers, as HTML. No page knows more than the API tells."""
