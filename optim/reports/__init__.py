"""Sentences and tables for people, each derived from a result."""
