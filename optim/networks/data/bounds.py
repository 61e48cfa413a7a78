"""How large a file of examples may be: MNIST fits, in both of its usual forms, and a server's memory is safe."""

MAX_FILE = 130_000_000
"""Bytes of a file; MNIST's training images as CSV are 110 MB."""
MAX_UNPACKED = 130_000_000
"""Bytes of all arrays together once they are unpacked; MNIST has 55 MB."""
MAX_EXAMPLES, MIN_EXAMPLES = 100_000, 20
MAX_FEATURES = 4096
"""Numbers of an example: an image of 64 x 64."""
MAX_CLASSES = 100
MAX_ARRAYS = 20
"""Arrays in an .npz file."""
