"""The panels of the Functions and Optimizers pages."""
