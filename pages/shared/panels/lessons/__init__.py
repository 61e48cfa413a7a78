"""The panels of the Lessons page."""
