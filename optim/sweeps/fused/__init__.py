"""A sweep's loop in machine code where numba is installed: the same text, operation by operation, and so the same bits."""
