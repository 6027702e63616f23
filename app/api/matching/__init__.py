"""Was this said? Quotations with the same words, or nearly the same."""
