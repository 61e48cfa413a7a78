"""Kinks: the slope jumps, and does not fade on the way to the minimum."""

import numpy as np

from optim.problems.from_formula import from_formula

l1_ravine = from_formula(
    "l1_ravine",
    "abs(x) + 10*abs(y)",
    title="L1 ravine",
    family="Kinks: slopes that jump",
    domain=((-5.0, 5.0), (-5.0, 5.0)),
    view=((-5.0, 5.0), (-2.0, 2.0)),
    minima=((0.0, 0.0),),
    starts=((-4.0, 1.5), (3.3, -1.1)),
    levels=tuple(np.linspace(0, 24, 25)),
    tags=("convex", "non-smooth"),
    teaches="The slope is as large beside the minimum as far away, so a fixed step never settles: plain SGD ends up hopping across "
    "the ravine by lr times the slope, Adam by about lr. AdaGrad's steps shrink by themselves; the others need a learning rate "
    "that decays.",
    reference="folklore",
)

bukin6 = from_formula(
    "bukin6",
    "100*sqrt(abs(y - 0.01*x**2)) + 0.01*abs(x + 10)",
    title="Bukin N.6",
    family="Kinks: slopes that jump",
    domain=((-15.0, -5.0), (-3.0, 3.0)),
    minima=((-10.0, 1.0),),
    starts=((-14.0, -1.5), (-6.0, 2.5), (-7.0, 0.2)),
    levels=tuple(np.linspace(0, 230, 24)),
    tags=("non-smooth", "ridge", "ill-conditioned"),
    teaches="A valley as sharp as a knife: the slope grows without limit towards its bottom, and along the bottom there is almost "
    "none. Every gradient method bounces from side to side; it is here to show that none of them suits every function.",
    reference="Bukin, New minimization strategy for non-smooth functions (1997)",
)

cross_in_tray = from_formula(
    "cross_in_tray",
    "-0.0001*(abs(sin(x)*sin(y)*exp(abs(100 - sqrt(x**2 + y**2)/pi))) + 1)**0.1",
    title="Cross-in-tray",
    family="Kinks: slopes that jump",
    domain=((-10.0, 10.0), (-10.0, 10.0)),
    minima=(
        (1.3494066171539107, 1.3494066171539107),
        (-1.3494066171539107, 1.3494066171539107),
        (1.3494066171539107, -1.3494066171539107),
        (-1.3494066171539107, -1.3494066171539107),
    ),
    lower_outside=True,
    starts=((-2.6, 2.2), (4.0, 5.3), (8.0, -0.4)),
    levels=tuple(np.linspace(-2.06, -0.5, 24)),
    tags=("multimodal", "non-smooth", "unbounded outside"),
    teaches="A tray of nearly equal wells, walled off from each other by a grid of sharp edges where the slope jumps: the "
    "start decides the well. Far outside, some 628 from the middle, it begins to fall below its minima, so only the domain counts.",
    reference="Mishra, Some new test functions for global optimization (2006)",
)
