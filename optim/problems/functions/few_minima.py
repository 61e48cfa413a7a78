"""A few minima: which one a run ends in can be told, and pictured as basins."""

import numpy as np

from optim.problems.from_formula import from_formula

himmelblau = from_formula(
    "himmelblau",
    "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
    title="Himmelblau",
    family="A few minima: which one a run ends in",
    domain=((-5.0, 5.0), (-5.0, 5.0)),
    minima=(
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.2831859912861696),
        (3.5844283403304917, -1.8481265269644036),
    ),
    starts=((-0.5, -1.0), (0.0, 0.0), (4.5, 4.5), (-4.5, 0.5)),
    levels=tuple(np.logspace(-1, 2.9, 24)),
    log_z=True,
    tags=("multimodal", "equal minima", "basins"),
    teaches="Four minima of the same depth. From one start, two optimizers may end in different ones: neither is wrong, "
    "and which minimum was found says nothing about quality.",
    reference="Himmelblau, Applied Nonlinear Programming (1972)",
)

goldstein_price = from_formula(
    "goldstein_price",
    "(1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))"
    "*(30 + (2*x - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2))",
    title="Goldstein-Price",
    family="A few minima: which one a run ends in",
    domain=((-2.0, 2.0), (-2.0, 2.0)),
    minima=((0.0, -1.0),),
    starts=((-1.5, 0.5), (1.0, -0.2), (-0.5, 1.5)),
    levels=tuple(np.logspace(0, 6, 30)),
    log_z=True,
    tags=("multimodal", "huge range"),
    teaches="Heights from 3 to a million in one picture: from the walls, plain SGD survives only with lr of a few millionths, and "
    "then crawls. Methods that do not feel the size of the gradient show here why they exist. There are other minima at 30, 84 "
    "and 840.",
    reference="Goldstein & Price, On descent from local minima (1971)",
)

three_hump_camel = from_formula(
    "three_hump_camel",
    "2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
    title="Three-hump camel",
    family="A few minima: which one a run ends in",
    domain=((-5.0, 5.0), (-5.0, 5.0)),
    view=((-2.2, 2.2), (-2.2, 2.2)),
    minima=((0.0, 0.0),),
    starts=((-2.0, 1.8), (1.9, -1.6), (1.4, 1.4)),
    levels=tuple(np.logspace(-2, 1.2, 24)),
    log_z=True,
    tags=("multimodal",),
    teaches="One deep well between two shallow ones, of loss 0.2986. Small steps stay in the well they start in. Momentum with a "
    "large lr may roll over a hump into the deep well, as from (-2, 1.8) with lr 0.18, out of it, as from (1.4, 1.4) with lr "
    "0.15, or away for good: speed is not a sense of direction.",
    reference="Jamil & Yang, A literature survey of benchmark functions for global optimization problems (2013)",
)

six_hump_camel = from_formula(
    "six_hump_camel",
    "(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (-4 + 4*y**2)*y**2",
    title="Six-hump camel",
    family="A few minima: which one a run ends in",
    domain=((-3.0, 3.0), (-2.0, 2.0)),
    view=((-2.0, 2.0), (-1.2, 1.2)),
    minima=((0.08984201310031806, -0.7126564030207396), (-0.08984201310031806, 0.7126564030207396)),
    starts=((-1.8, 0.2), (1.5, 1.0), (0.0, 0.001)),
    levels=tuple(np.linspace(-1.03, 4, 26)),
    tags=("multimodal", "symmetric", "saddle"),
    teaches="Two equal lowest minima, four higher ones, and a saddle at the origin. The picture is the same when turned by 180 "
    "degrees, so from near the origin a trifle decides which of the two lowest ones a run ends in.",
    reference="Dixon & Szego, Towards Global Optimisation 2 (1978)",
)

styblinski_tang = from_formula(
    "styblinski_tang",
    "((x**4 - 16*x**2 + 5*x) + (y**4 - 16*y**2 + 5*y))/2",
    title="Styblinski-Tang",
    family="A few minima: which one a run ends in",
    domain=((-5.0, 5.0), (-5.0, 5.0)),
    minima=((-2.903534027771177, -2.903534027771177),),
    starts=((4.5, 4.0), (0.5, 0.5), (4.5, -1.0)),
    levels=tuple(np.linspace(-78, 100, 30)),
    tags=("multimodal", "separable"),
    teaches="Four wells of different depth. The function is a sum of one part in x and one in y, so methods that work per "
    "coordinate run two separate races here: start and speed in each coordinate decide which well it ends in.",
    reference="Styblinski & Tang, Experiments in nonconvex optimization (1990)",
)

mccormick = from_formula(
    "mccormick",
    "sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1",
    title="McCormick",
    family="A few minima: which one a run ends in",
    domain=((-1.5, 4.0), (-3.0, 4.0)),
    minima=((-0.5471975511965977, -1.5471975511965976),),
    lower_outside=True,
    starts=((3.5, -2.0), (2.0, 3.5), (0.5, 3.0)),
    levels=tuple(np.linspace(-1.9, 30, 28)),
    tags=("multimodal", "unbounded outside"),
    teaches="A ripple on a tilted trough that falls without end along x = y, outside the domain. A run that overshoots out "
    "there gets lower than the minimum without having found it: the reason why a race needs a domain.",
    reference="Jamil & Yang, A literature survey of benchmark functions for global optimization problems (2013)",
)

branin = from_formula(
    "branin",
    "(y - 5.1*x**2/(4*pi**2) + 5*x/pi - 6)**2 + 10*(1 - 1/(8*pi))*cos(x) + 10",
    title="Branin",
    family="A few minima: which one a run ends in",
    domain=((-5.0, 10.0), (0.0, 15.0)),
    minima=((-3.141592653589793, 12.275), (3.141592653589793, 2.275), (9.42477796076938, 2.475)),
    starts=((2.0, 12.0), (-4.0, 2.0), (6.0, 8.0)),
    levels=tuple(np.logspace(-1, 2.5, 24)),
    log_z=True,
    tags=("multimodal", "equal minima"),
    teaches="Three equal minima along a curved valley, smooth and gentle: most settings find one of them, and the start decides "
    "which. The lowest value is 0.398, not 0, so a loss that stops falling there is done.",
    reference="Branin, Widely convergent method for finding multiple solutions of simultaneous nonlinear equations (1972)",
)

sharp_flat = from_formula(
    "sharp_flat",
    "0.02*(x**2 + y**2) - exp(-((x - 2)**2 + y**2)/2) - 1.3*exp(-((x + 2)**2 + y**2)/0.045)",
    title="Sharp and flat wells",
    family="A few minima: which one a run ends in",
    domain=((-4.0, 4.0), (-3.0, 3.0)),
    minima=((-1.9985929496479875, 0.0),),
    starts=((-2.25, 0.2), (-0.3, 1.6), (-2.02, 0.02)),
    levels=tuple(np.linspace(-1.25, 0.5, 26)),
    tags=("multimodal", "sharpness", "edge of stability"),
    teaches="The lowest well is sharp, with curvature 57.8, its neighbour flat, with curvature near 1. Plain SGD with lr above "
    "2/57.8 = 0.0346 cannot settle in the sharp one and jumps about in it, while it has room to spare in the flat one: a "
    "learning rate decides which minima can hold a run at all.",
    reference="ours, after Hochreiter & Schmidhuber, Flat minima (1997)",
)
