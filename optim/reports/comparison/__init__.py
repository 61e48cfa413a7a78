"""Races compared: two of them, setting by setting and end by end, and the same racers over several functions."""
