"""Sentences that remember how they were made, so that the app can say them in another language."""
