"""Which entities are named together."""
