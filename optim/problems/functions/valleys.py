"""Curved valleys and steep walls: finding the valley is easy, following it is not."""

import numpy as np

from optim.problems.from_formula import from_formula

rosenbrock = from_formula(
    "rosenbrock",
    "(1 - x)**2 + 100*(y - x**2)**2",
    title="Rosenbrock (banana)",
    family="Valleys: zigzag across, slow along",
    domain=((-2.048, 2.048), (-2.048, 2.048)),
    view=((-2.0, 2.0), (-1.0, 3.0)),
    minima=((1.0, 1.0),),
    starts=((-1.2, 1.0), (-1.5, 2.0), (0.0, 0.0)),
    levels=tuple(np.logspace(-2, 3.4, 26)),
    log_z=True,
    tags=("valley", "curved"),
    teaches="A curved valley, 2508 times steeper across than along at the minimum. Every method finds the valley in a few steps; "
    "following it takes hundreds. The steep walls cap a fixed learning rate at about 0.002.",
    reference="Rosenbrock, An automatic method for finding the greatest or least value of a function (1960)",
)

serpentine_valley = from_formula(
    "serpentine_valley",
    "25*(y - sin(x))**2 + (x - 2*pi)**2/20",
    title="Serpentine valley",
    family="Valleys: zigzag across, slow along",
    domain=((-8.0, 8.0), (-3.0, 3.0)),
    minima=((6.283185307179586, 0.0),),
    starts=((-7.0, 1.5), (-4.0, -1.0)),
    levels=tuple(np.logspace(-2, 2.6, 24)),
    log_z=True,
    tags=("valley", "curved"),
    teaches="A gentle slope along the floor of a valley that winds like a river. Too much momentum climbs the outside of every "
    "bend, too little crawls; methods with a scale per coordinate have to find new scales at each bend.",
    reference="ours, in place of Radford's long valley (2014), of which no published formula was found",
)

beale = from_formula(
    "beale",
    "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
    title="Beale",
    family="Valleys: zigzag across, slow along",
    domain=((-4.5, 4.5), (-4.5, 4.5)),
    minima=((3.0, 0.5),),
    starts=((1.0, 1.5), (3.0, 4.0), (-1.0, -1.5), (-3.5, 1.2)),
    levels=tuple(np.logspace(-2, 5, 30)),
    log_z=True,
    tags=("plateau", "steep walls", "escape to infinity"),
    teaches="Walls of height 100 000 around a nearly flat cross. From a wall, plain SGD and momentum explode unless lr is tiny; "
    "RMSProp and Adam survive. The valley towards y = 1 falls to 0.452 and never ends, so starts with x < 0 and y > 1 run away.",
    reference="Beale, On an iterative method for finding a local minimum (1958)",
)
