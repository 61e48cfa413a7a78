"""Saddles: no slope, yet no minimum."""

import numpy as np

from optim.problems.build import from_formula

saddle = from_formula(
    "saddle",
    "x**2 - y**2",
    title="Saddle",
    family="Saddles",
    domain=((-2.0, 2.0), (-2.0, 2.0)),
    starts=((-1.5, 0.001), (1.5, 1e-6), (-1.5, 0.0)),
    levels=tuple(np.linspace(-4, 4, 25)),
    bounded=False,
    tags=("saddle", "unbounded"),
    teaches="Who escapes first? Plain SGD leaves slowly, its distance growing by the factor 1 + 2 lr per step; methods that "
    "rescale each coordinate leave at once; from y = 0 exactly, none ever leaves. The function falls without end, so there is "
    "no minimum to reach.",
    reference="folklore",
)
