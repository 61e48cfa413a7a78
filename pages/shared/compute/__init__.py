"""What takes time: cached computations and work in the background."""
