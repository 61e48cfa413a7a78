"""The smoothing of the book's pictures: a short Kaiser window, with both ends reflected."""

import numpy as np

from optim.core.types import Array

WIDTH, BETA = 11, 2.0
"""The book's window: how many steps it covers, and its shape."""


def smoothed(values: Array) -> Array:
    """Return values (..., k), each as the weighted mean of those around it; as many as there were.

    NaN stays where it is, and where a window touches one; a run shorter than the window is returned as it is.
    """
    if values.shape[-1] < WIDTH:
        return values
    window = np.kaiser(WIDTH, BETA)
    half = WIDTH // 2
    wide = np.pad(values, [(0, 0)] * (values.ndim - 1) + [(half, half)], mode="reflect")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(wide, WIDTH, axis=-1) @ (window / window.sum()))
