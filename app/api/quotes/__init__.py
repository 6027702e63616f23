"""Quotations: words between quotation marks, and who said them."""
