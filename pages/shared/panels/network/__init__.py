"""The panels of the Network page: its inputs, and the training that they ask for."""
