"""Figures of a race."""
