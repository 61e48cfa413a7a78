"""Many minima: where a run ends depends on where it starts and how far it steps."""

import numpy as np

from optim.problems.from_formula import from_formula

rastrigin = from_formula(
    "rastrigin",
    "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
    title="Rastrigin",
    family="Many minima: where runs get stuck",
    domain=((-5.12, 5.12), (-5.12, 5.12)),
    minima=((0.0, 0.0),),
    starts=((-3.3, 2.7), (4.4, -4.4), (-2.0, 3.5)),
    levels=tuple(np.linspace(0, 81, 28)),
    tags=("multimodal", "regular", "separable"),
    teaches="About 11 × 11 wells on a bowl, curvature near 397 in each. A local method stops in the well it starts in; noise, "
    "momentum and large early steps decide who gets further.",
    reference="Rastrigin, Systems of extremal control (1974)",
)

ackley = from_formula(
    "ackley",
    "-20*exp(-0.2*sqrt((x**2 + y**2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2) + e + 20",
    title="Ackley",
    family="Many minima: where runs get stuck",
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

griewank = from_formula(
    "griewank",
    "(x**2 + y**2)/4000 - cos(x)*cos(y/sqrt(2)) + 1",
    title="Griewank",
    family="Many minima: where runs get stuck",
    domain=((-600.0, 600.0), (-600.0, 600.0)),
    view=((-10.0, 10.0), (-10.0, 10.0)),
    minima=((0.0, 0.0),),
    starts=((-7.0, 6.0), (8.5, -3.0), (-300.0, 250.0)),
    levels=tuple(np.linspace(0, 2, 21)),
    tags=("multimodal", "scale-dependent"),
    teaches="Scale decides how hard this is: from afar a smooth bowl, close up a carpet of nearly equal minima, the next best only "
    "0.0074 above the best. Compare lr = 1 with lr = 500 from the far start.",
    reference="Griewank, Generalized descent for global optimization (1981)",
)

schwefel = from_formula(
    "schwefel",
    "2*418.98288727243369 - x*sin(sqrt(abs(x))) - y*sin(sqrt(abs(y)))",
    title="Schwefel 2.26",
    family="Many minima: where runs get stuck",
    domain=((-500.0, 500.0), (-500.0, 500.0)),
    minima=((420.96874635998205, 420.96874635998205),),
    lower_outside=True,
    starts=((300.0, 300.0), (-250.0, -350.0), (0.5, 0.5)),
    levels=tuple(np.linspace(0, 1700, 28)),
    tags=("multimodal", "deceptive", "unbounded outside"),
    teaches="Deceptive: the best valley is near a corner, far from the next best ones. Distances are in the hundreds, so "
    "learning rates that suit other functions move nothing here. The waves grow outwards and go deeper outside the square: a "
    "run that leaves it has not won.",
    reference="Schwefel, Numerical Optimization of Computer Models (1981)",
)

levi13 = from_formula(
    "levi13",
    "sin(3*pi*x)**2 + (x - 1)**2*(1 + sin(3*pi*y)**2) + (y - 1)**2*(1 + sin(2*pi*y)**2)",
    title="Levi N.13",
    family="Many minima: where runs get stuck",
    domain=((-10.0, 10.0), (-10.0, 10.0)),
    view=((-3.0, 5.0), (-3.0, 5.0)),
    minima=((1.0, 1.0),),
    starts=((-2.3, 3.1), (4.2, -2.4), (-8.0, 7.0)),
    levels=tuple(np.logspace(-2, 2.3, 24)),
    log_z=True,
    tags=("multimodal", "funnel"),
    teaches="A bowl with fast ripples that grow away from the minimum. The step size works as a filter: long steps feel the bowl, "
    "short ones only the ripple they stand in.",
    reference="after Levy & Montalvo, The tunneling algorithm for the global minimization of functions (1985)",
)

drop_wave = from_formula(
    "drop_wave",
    "-(1 + cos(12*sqrt(x**2 + y**2)))/(0.5*(x**2 + y**2) + 2)",
    title="Drop-wave",
    family="Many minima: where runs get stuck",
    domain=((-5.12, 5.12), (-5.12, 5.12)),
    view=((-2.5, 2.5), (-2.5, 2.5)),
    minima=((0.0, 0.0),),
    starts=((-1.6, 1.2), (0.7, -0.4), (2.2, 0.3)),
    levels=tuple(np.linspace(-1, 0, 21)),
    tags=("multimodal", "rings"),
    teaches="Rings around a drop: every ring is a whole circle of minima, and the slope always points to or from the middle. Plain "
    "SGD stays on its ray until a ring catches it; Adam leaves the ray, because its scales belong to the axes.",
    reference="Molga & Smutnicki, Test functions for optimization needs (2005)",
)

eggholder = from_formula(
    "eggholder",
    "-(y + 47)*sin(sqrt(abs(x/2 + y + 47))) - x*sin(sqrt(abs(x - (y + 47))))",
    title="Eggholder",
    family="Many minima: where runs get stuck",
    domain=((-512.0, 512.0), (-512.0, 512.0)),
    minima=((512.0, 404.2318051137578),),
    lower_outside=True,
    starts=((430.0, 350.0), (-300.0, 400.0), (0.0, -200.0)),
    levels=tuple(np.linspace(-960, 1050, 28)),
    tags=("multimodal", "boundary minimum", "unbounded outside"),
    teaches="The lowest point lies on the border, and the function still falls beyond it: whoever follows the slope there walks "
    "out of the square. The rule that a run counts only inside the domain changes who wins.",
    reference="Whitley et al., Evaluating evolutionary algorithms (1996)",
)
