"""A training of networks in sentences and tables."""
