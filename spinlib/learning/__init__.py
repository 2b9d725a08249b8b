"""Training procedures: one per file."""
