"""The search of a typed function's window for minima, saddles and kinks."""
