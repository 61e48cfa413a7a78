"""Saddles: no slope, yet no minimum."""

import numpy as np

from optim.problems.from_formula import from_formula

saddle = from_formula(
    "saddle",
    "x**2 - y**2",
    title="Saddle",
    family="Saddles: getting away from a flat point",
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

monkey_saddle = from_formula(
    "monkey_saddle",
    "x**3 - 3*x*y**2",
    title="Monkey saddle",
    family="Saddles: getting away from a flat point",
    domain=((-2.0, 2.0), (-2.0, 2.0)),
    starts=((1.5, 0.02), (1.2, 0.0)),
    levels=tuple(np.linspace(-8, 8, 33)),
    bounded=False,
    tags=("saddle", "degenerate", "unbounded"),
    teaches="Three ways down instead of two, and no curvature at all at the saddle. The way out is therefore not exponential: near "
    "the saddle the slope grows only with the square of the distance, and plain SGD lingers. The function falls without end, so "
    "there is no minimum to reach.",
    reference="folklore",
)

stalling_saddle = from_formula(
    "stalling_saddle",
    "x**2/2 - y**2/2 + y**4/4",
    title="Stalling saddle",
    family="Saddles: getting away from a flat point",
    domain=((-2.0, 2.0), (-2.0, 2.0)),
    view=((-2.0, 2.0), (-1.6, 1.6)),
    minima=((0.0, 1.0), (0.0, -1.0)),
    starts=((1.5, 0.0001), (-1.5, -1e-8), (1.8, 0.0)),
    levels=tuple(np.linspace(-0.25, 1.6, 26)),
    tags=("saddle", "multimodal"),
    teaches="A saddle with a happy end: the loss stops on a plateau, then drops into one of two equal minima, as in many training "
    "curves. Plain SGD stays for about log(1/|y|)/log(1 + lr) steps, momentum for fewer, RMSProp and Adam hardly at all; from "
    "y = 0 exactly nobody leaves.",
    reference="folklore",
)
