"""How figures look, and the panels that several chapters draw."""
