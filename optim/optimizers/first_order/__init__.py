"""Rules that use the gradient."""
