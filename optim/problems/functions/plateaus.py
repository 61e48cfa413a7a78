"""Plateaus and cliffs: slopes that vanish and slopes that explode, without any neural network."""

import numpy as np

from optim.problems.from_formula import from_formula

plateau = from_formula(
    "plateau",
    "1 - exp(-(x**2 + y**2)/2)",
    title="Gaussian plateau",
    family="Plateaus and cliffs: slopes too small or too steep",
    domain=((-5.0, 5.0), (-5.0, 5.0)),
    minima=((0.0, 0.0),),
    starts=((-3.0, 2.0), (3.8, 2.5), (1.5, 1.0)),
    levels=tuple(np.linspace(0, 1, 21)),
    tags=("plateau", "vanishing gradient"),
    teaches="The gradient vanishes: 4.5 from the middle the slope is 0.00018. Plain SGD hardly moves out there. RMSProp and Adam "
    "divide by the same tiny number and walk on, unless the slope is smaller than their eps: raise eps and watch them stop.",
    reference="ours",
)

easom = from_formula(
    "easom",
    "-cos(x)*cos(y)*exp(-((x - pi)**2 + (y - pi)**2))",
    title="Easom",
    family="Plateaus and cliffs: slopes too small or too steep",
    domain=((-100.0, 100.0), (-100.0, 100.0)),
    view=((-2.0, 8.0), (-2.0, 8.0)),
    minima=((3.141592653589793, 3.141592653589793),),
    starts=((1.5, 4.5), (2.2, 2.2), (0.0, 0.0)),
    levels=tuple(np.linspace(-1, 0.05, 22)),
    tags=("needle", "plateau"),
    teaches="A hole in a plain. At the origin, 4.4 away, the slope is 0.00000002: only methods that blow up small gradients move "
    "at all, and from most places they do not move towards the hole.",
    reference="Easom, A survey of global optimization techniques (1990)",
)

michalewicz = from_formula(
    "michalewicz",
    "-sin(x)*sin(x**2/pi)**20 - sin(y)*sin(2*y**2/pi)**20",
    title="Michalewicz",
    family="Plateaus and cliffs: slopes too small or too steep",
    domain=((0.0, 3.141592653589793), (0.0, 3.141592653589793)),
    minima=((2.2029055201726093, 1.5707963267948966),),
    lower_outside=True,
    starts=((2.6, 1.1), (1.5, 2.2), (2.05, 1.45)),
    levels=tuple(np.linspace(-1.8, 0, 22)),
    tags=("multimodal", "steep ridges", "plateau"),
    teaches="Narrow trenches between flat plates: the slope is almost zero nearly everywhere, and then suddenly is not. A learning "
    "rate that moves on a plate throws a run out of the trench. Outside the domain there are deeper crossings.",
    reference="Michalewicz, Genetic Algorithms + Data Structures = Evolution Programs (1992)",
)

cliff = from_formula(
    "cliff",
    "((x - 3)/100)**2 - (x - y) + exp(20*(x - y))",
    title="Cliff",
    family="Plateaus and cliffs: slopes too small or too steep",
    domain=((-1.0, 4.0), (-1.5, 4.0)),
    minima=((3.0, 3.1497866136776995),),
    starts=((0.0, 0.2), (1.0, 0.8), (0.0, -1.0)),
    levels=tuple(np.logspace(-4, 12, 33)),
    log_z=True,
    tags=("cliff", "exploding gradient", "ill-conditioned"),
    teaches="The gradient explodes: at (0, -1) it is 14 billion long, so a plain step with lr 0.001 lands millions away. Methods "
    "that limit or rescale the gradient survive; then a valley waits that is 400 000 times steeper across than along.",
    reference="CLIFF in Bongartz et al., CUTE: constrained and unconstrained testing environment (1995)",
)
