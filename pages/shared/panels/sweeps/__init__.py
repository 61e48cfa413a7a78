"""The panels of the pages of many races."""
