"""Test functions by family: one object each."""
