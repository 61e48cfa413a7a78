"""Many minima: where a run ends depends on where it starts and how far it steps."""

import numpy as np

from optim.problems.build import from_formula

himmelblau = from_formula(
    "himmelblau",
    "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
    title="Himmelblau",
    family="Many minima",
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

rastrigin = from_formula(
    "rastrigin",
    "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
    title="Rastrigin",
    family="Many minima",
    domain=((-5.12, 5.12), (-5.12, 5.12)),
    minima=((0.0, 0.0),),
    starts=((-3.3, 2.7), (4.4, -4.4), (-2.0, 3.5)),
    levels=tuple(np.linspace(0, 81, 28)),
    tags=("multimodal", "regular", "separable"),
    teaches="About 11 x 11 wells on a bowl, curvature near 397 in each. A local method stops in the well it starts in; noise, "
    "momentum and large early steps decide who gets further.",
    reference="Rastrigin, Systems of extremal control (1974)",
)

ackley = from_formula(
    "ackley",
    "-20*exp(-0.2*sqrt((x**2 + y**2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2) + e + 20",
    title="Ackley",
    family="Many minima",
    domain=((-32.768, 32.768), (-32.768, 32.768)),
    view=((-5.0, 5.0), (-5.0, 5.0)),
    minima=((0.0, 0.0),),
    starts=((-3.2, 2.6), (4.3, -3.7), (-20.0, 15.0)),
    levels=tuple(np.linspace(0, 15, 26)),
    tags=("multimodal", "funnel", "conical minimum"),
    teaches="A rippled funnel with a cone, no bowl, at the bottom: the slope stays near 2.83 right up to the minimum, so a fixed "
    "step never settles. Far out it is nearly flat.",
    reference="Ackley, A Connectionist Machine for Genetic Hillclimbing (1987)",
)
