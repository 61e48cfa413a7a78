"""Figures of many races."""
